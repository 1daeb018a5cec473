// Package storetest is the test suite that every store must pass, for any kind
// of storage. The services that use the stores declare the interfaces (gateway,
// agree, flow, deliver, prove, agenda, people). This page lists the promises
// common to all stores, and the suites test them.
//
// # What a store does not do
//
// A store keeps rows and finds them. It does not encode evidence, merge lists
// or decide what may be done: the services above do, once for all drivers. A
// store itself refuses only what must be refused in the transaction of the
// change: a key that is taken, a row that another caller changed, a row to
// which other rows belong, and the last key of an operator.
//
// # Promises
//
//   - A change is whole or not at all, also when the process ends in the middle
//     of it, and also when it goes through several tables: a flow, its
//     documents and its evidence.
//   - A change is durable when the method returns without an error. When it
//     returns one, nothing was changed.
//   - Changes that wait at the same moment may share a commit. Each still
//     stands or falls alone.
//   - A row that others may change carries a version. Whoever writes it names
//     the version that was read; ErrStale says that somebody else was first.
//     Nothing else is ErrStale.
//   - ErrConflict says that it exists, or that what it is now does not allow
//     the change. Trying again gives the same answer.
//   - A query for one thing that is not there is ErrNotFound. A list of nothing
//     is empty and no error.
//   - Lists have an order that is whole: no two calls over the same rows differ.
//   - What is read shares no memory with what was written: a caller may change
//     either.
//   - Times are kept to the microsecond.
//   - Every method may be called from many goroutines at once. A reader sees
//     whole changes only, and sees its own.
//   - A context that ends before a change begins leaves everything as it was. A
//     change that has begun is finished: a caller who hangs up must not take
//     others' changes along.
//
// # Crashes
//
// A driver that keeps its rows after the process ends passes Crash: a writing
// process is killed again and again, and every change that it had acknowledged
// is stored completely.
package storetest
