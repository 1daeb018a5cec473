package api

import (
	"net/http"

	"hutong/internal/gateway"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	remove = http.MethodDelete
)

// routes is the table of all operations. An operation that is not here is not
// served. The rule of an operation, not its handler, decides who may use it.
func routes(c Config) []route {
	self := selfHandlers{gateway: c.Gateway, rules: c.Rules, version: c.Version}
	keys := keyHandlers{c.Gateway, c.Lists}
	participants := participantHandlers{c.Gateway, c.Lists, c.Reading.Declared, c.Rules}
	declarations := declarationHandlers{c.Gateway, c.Reading.Declared, c.Flows}
	datasets := datasetHandlers{gateway: c.Gateway, lists: c.Lists, declared: c.Reading.Declared, rules: c.Rules, outbox: c.Outbox}
	instruments := instrumentHandlers{papers: c.Reading.Papers, flows: c.Flows, rules: c.Rules}
	peers := peerHandlers{gateway: c.Gateway, lists: c.Lists, hooks: c.Peers, offered: c.Catalogue}
	screens := screenHandlers{c.Reading.Screens, c.Gateway, c.Flows}
	flows := flowHandlers{flows: c.Flows, agree: c.Agree}
	statements := statementHandlers{gateway: c.Gateway, reading: c.Reading, flows: c.Flows, counts: c.Counts, rules: c.Rules, now: c.Now}
	uploads := uploadHandlers{c.Uploads, c.Reading.Profile}
	begin := beginHandlers{gateway: c.Gateway, flows: flows, rules: c.Rules, outbox: c.Outbox, uploads: c.Uploads}
	duties := dutyHandlers{flows}
	law := lawHandlers{gateway: c.Gateway, rules: c.Rules, read: c.Reading.Profile, now: c.Now}
	packs := newPackHandlers(c.Rules)
	filing := filingHandlers{flows: c.Flows, library: library, now: c.Now, rules: c.Rules}
	counts := countHandlers{gateway: c.Gateway, counts: c.Counts, rules: c.Rules, now: c.Now}
	proof := evidenceHandlers{c.Log, c.Waybills}
	return []route{
		{get, "/gateway", "gateway", "This gateway: card, fingerprint, packs in force",
			shared(gateway.ReadPacks, self.show)},
		{post, "/setup", "gateway", "Make the first operator's key with the link of the first start",
			open(keys.setup)},
		{get, "/keys", "keys", "List API keys, without their secrets",
			shared(gateway.ReadKeys, keys.list)},
		{post, "/keys", "keys", "Make an API key",
			shared(gateway.WriteKeys, keys.add)},
		{remove, "/keys/{id}", "keys", "Remove an API key",
			shared(gateway.WriteKeys, keys.remove)},

		{get, "/participants", "participants", "List participants",
			list(gateway.ReadParticipants, participants.list)},
		{post, "/participants", "participants", "Admit a participant",
			byOwner(gateway.WriteParticipants, participants.add)},
		{get, "/participants/{id}", "participants", "Show a participant",
			byOwner(gateway.ReadParticipants, participants.show)},
		{put, "/participants/{id}", "participants", "Change the facts about a participant",
			byOwner(gateway.WriteParticipants, participants.change)},
		{remove, "/participants/{id}", "participants", "Remove a participant",
			byOwner(gateway.WriteParticipants, participants.remove)},

		{get, "/participants/{id}/declarations", "participants", "List what compliance officers declare of a participant and of its datasets",
			byOwner(gateway.ReadParticipants, declarations.list)},
		{post, "/participants/{id}/declarations", "participants", "Declare a fact for a time; flows that wait are decided again",
			byOwner(gateway.DeclareFacts, declarations.declare)},
		{post, "/participants/{id}/declarations/revoke", "participants", "End a declaration; flows that wait are decided again",
			byOwner(gateway.DeclareFacts, declarations.revoke)},

		{get, "/datasets", "datasets", "List datasets",
			list(gateway.ReadDatasets, datasets.list)},
		{post, "/datasets", "datasets", "Register a dataset",
			byOwner(gateway.WriteDatasets, datasets.add)},
		{get, "/participants/{owner}/datasets/{id}", "datasets", "Show a dataset",
			byOwner(gateway.ReadDatasets, datasets.show)},
		{post, "/participants/{owner}/datasets/{id}/list-match", "datasets", "Confirm which items of a negative list a dataset matches",
			byOwner(gateway.WriteDatasets, datasets.confirmItems)},
		{get, "/participants/{owner}/datasets/{id}/statements", "datasets", "List what people say of a dataset, beside what its profile finds",
			byOwner(gateway.ReadDatasets, statements.list)},
		{post, "/participants/{owner}/datasets/{id}/statements/columns", "datasets", "Say what columns are; the dataset is read once, and its flows that wait are decided again",
			byOwner(gateway.StateDatasets, statements.state)},
		{post, "/participants/{owner}/datasets/{id}/statements/columns/withdraw", "datasets", "Take back what was said of columns",
			byOwner(gateway.StateDatasets, statements.withdraw)},
		{post, "/participants/{owner}/datasets/{id}/statements/keys/candidates", "datasets", "Count the people of a dataset by each key that could tell them apart",
			byOwner(gateway.ProfileDatasets, statements.candidates)},
		{post, "/participants/{owner}/datasets/{id}/statements/keys", "datasets", "Choose by which key the people of a role are told apart",
			byOwner(gateway.StateDatasets, statements.choose)},
		{post, "/participants/{owner}/datasets/{id}/statements/keys/withdraw", "datasets", "Take back the choice of a key",
			byOwner(gateway.StateDatasets, statements.unchoose)},
		{remove, "/participants/{owner}/datasets/{id}", "datasets", "Remove a dataset",
			byOwner(gateway.WriteDatasets, datasets.remove)},

		{get, "/instruments", "instruments", "List instruments",
			list(gateway.ReadInstruments, instruments.list)},
		{post, "/instruments", "instruments", "Propose an instrument whose file was uploaded; it does not count before it is confirmed",
			byOwner(gateway.WriteInstruments, instruments.add)},
		{post, "/participants/{owner}/instruments/files", "instruments", "Upload the file of an instrument that is then proposed",
			upload(byOwner(gateway.WriteInstruments, instruments.upload))},
		{get, "/participants/{owner}/instruments/{id}", "instruments", "Show an instrument",
			byOwner(gateway.ReadInstruments, instruments.show)},
		{get, "/participants/{owner}/instruments/{id}/file", "instruments", "The file of an instrument",
			byOwner(gateway.ReadInstruments, instruments.file)},
		{get, "/participants/{owner}/instruments/{id}/uses", "instruments", "The flows and datasets whose decisions rest on an instrument",
			byOwner(gateway.ReadInstruments, instruments.uses)},
		{post, "/participants/{owner}/instruments/{id}/confirm", "instruments", "A compliance officer's confirmation of an instrument against its file; flows that waited for it continue",
			byOwner(gateway.ConfirmInstruments, instruments.confirm)},
		{remove, "/participants/{owner}/instruments/{id}", "instruments", "Remove an instrument",
			byOwner(gateway.WriteInstruments, instruments.remove)},

		{get, "/peers", "peers", "List peers",
			shared(gateway.ReadPeers, peers.list)},
		{post, "/peers", "peers", "Fetch another gateway's card, to compare its fingerprint",
			shared(gateway.WritePeers, peers.add)},
		{get, "/peers/{name}", "peers", "Show a peer",
			shared(gateway.ReadPeers, peers.show)},
		{post, "/peers/{name}/confirm", "peers", "Trust a peer whose fingerprint was compared",
			shared(gateway.WritePeers, peers.confirm)},
		{post, "/peers/{name}/policy", "peers", "Set the policy for exchange with a peer",
			shared(gateway.WritePeers, peers.policy)},
		{post, "/peers/{name}/suspend", "peers", "Stop all exchange with a peer at once",
			shared(gateway.WritePeers, peers.suspend)},
		{post, "/peers/{name}/resume", "peers", "Exchange data with a suspended peer again",
			shared(gateway.WritePeers, peers.resume)},
		{remove, "/peers/{name}", "peers", "Remove a peer and its keys",
			shared(gateway.WritePeers, peers.remove)},
		{get, "/peers/{name}/participants/{participant}/catalogue", "peers", "The catalogue of a participant behind a peer",
			byOwner(gateway.StartFlows, peers.catalogue)},

		{get, "/screens", "screens", "List the lists of barred recipients",
			shared(gateway.ReadScreens, screens.list)},
		{post, "/screens", "screens", "Import an edition of a list of barred recipients, in the place of the one before",
			upload(shared(gateway.WriteScreens, screens.add))},
		{remove, "/screens/{id}", "screens", "Remove a list of barred recipients",
			shared(gateway.WriteScreens, screens.remove)},
		{get, "/peers/{name}/participants/{participant}/screening", "screens", "Compare a participant behind a peer with the lists of barred recipients",
			shared(gateway.ReadScreens, screens.check)},
		{post, "/peers/{name}/participants/{participant}/screening", "screens", "A compliance officer says whether an entry of a list is the participant; flows that wait are decided again",
			shared(gateway.WriteScreens, screens.resolve)},

		{post, "/participants/{owner}/uploads", "flows", "Upload a file as the source of one flow",
			upload(byOwner(gateway.StartFlows, uploads.add))},
		{post, "/participants/{owner}/uploads/profile", "datasets", "Profile an uploaded file: columns, personal data, people; the file is not kept",
			upload(byOwner(gateway.WriteDatasets, uploads.profile))},
		{get, "/flows", "flows", "List flows, newest first",
			list(gateway.ReadFlows, flows.list)},
		{get, "/packs/changes", "flows", "Flows whose verdict changed after an update of the packs",
			list(gateway.ReadFlows, flows.rechecked)},
		{post, "/flows/send", "flows", "Send a dataset",
			byOwner(gateway.StartFlows, begin.send)},
		{post, "/flows/fetch", "flows", "Fetch a dataset",
			byOwner(gateway.StartFlows, begin.fetch)},
		{get, "/flows/{id}", "flows", "Show a flow, or wait until it has changed",
			byFlow(gateway.ReadFlows, flows.show)},
		{get, "/flows/{id}/documents/{name}", "flows", "A document of a flow: profile, facts, decision, plan, agreement, receipt, filing.<kind>",
			byFlow(gateway.ReadFlows, flows.document)},
		{post, "/flows/{id}/review", "flows", "A compliance officer's decision",
			byFlow(gateway.ReviewFlows, flows.review)},
		{post, "/flows/{id}/accept", "flows", "Accept or refuse an offer that a person must answer",
			byFlow(gateway.AcceptFlows, flows.accept)},
		{post, "/flows/{id}/stop", "flows", "Stop a flow for good",
			byFlow(gateway.StopFlows, flows.stop)},
		{post, "/flows/{id}/resume", "flows", "Try or decide a flow again now",
			byFlow(gateway.StartFlows, flows.resume)},

		{get, "/obligations", "flows", "Open obligations of all flows that stand or were delivered, and documents that will soon end",
			list(gateway.ReadFlows, duties.list)},
		{post, "/flows/{id}/filings", "flows", "A compliance officer's approval of the documents of a filing",
			byFlow(gateway.ReviewFlows, duties.approveFiling)},
		{post, "/flows/{id}/obligations/{obligation}/done", "flows", "Record that a person fulfilled an obligation",
			byFlow(gateway.WriteInstruments, duties.fulfil)},

		{get, "/packs", "packs", "List the rule packs in force",
			shared(gateway.ReadPacks, packs.list)},
		{get, "/packs/rules", "packs", "The rules of a pack in force: article, source, confidence, text",
			shared(gateway.ReadPacks, packs.show)},
		{post, "/packs/check", "packs", "Check packs that are sent, or those in force; nothing is kept",
			sized(maxPackBody, shared(gateway.ExaminePacks, packs.check))},
		{post, "/packs/test", "packs", "Run the cases of packs that are sent, or of those in force; nothing is kept",
			sized(maxPackBody, shared(gateway.ExaminePacks, packs.test))},
		{post, "/packs/mutate", "packs", "Test which mistakes in packs their cases notice; nothing is kept",
			sized(maxPackBody, shared(gateway.ExaminePacks, packs.mutate))},
		{post, "/packs/diff", "packs", "Show what changes for whom between two versions of a pack; nothing is kept",
			sized(2*maxPackBody, shared(gateway.ExaminePacks, packs.diff))},
		{post, "/packs/compare", "packs", "Compare two regimes; nothing is kept",
			sized(2*maxPackBody, shared(gateway.ExaminePacks, packs.compare))},
		{post, "/packs/import", "packs", "Make the next version of a pack from an official annex; nothing is kept, and nothing comes into force",
			sized(maxAnnexBody, shared(gateway.ExaminePacks, packs.takeAnnex))},

		{get, "/facts", "law", "All facts that the rules in force can read, and who may state them",
			shared(gateway.ReadPacks, law.facts)},
		{post, "/assessments", "law", "Decide about an intended flow, with what holds under which statements where facts are open; nothing is recorded",
			shared(gateway.ReadPacks, law.assess)},
		{post, "/incidents/clocks", "law", "Whom to tell after a security incident, and by when; nothing is recorded",
			shared(gateway.ReadPacks, law.clocks)},
		{post, "/participants/{owner}/datasets/{id}/profile", "datasets", "Profile a dataset: columns, personal data, people",
			byOwner(gateway.ProfileDatasets, law.profile)},
		{post, "/participants/{owner}/datasets/{id}/list-match/candidates", "datasets", "Propose items of a negative list that a dataset may be about",
			byOwner(gateway.WriteDatasets, law.propose)},

		{get, "/filings", "filings", "List the kinds of filing",
			shared(gateway.ReadPacks, filing.kinds)},
		{get, "/filings/questions", "filings", "List the questions of a kind of filing",
			shared(gateway.ReadPacks, filing.questions)},
		{get, "/flows/{id}/filings/wanted", "filings", "The filings that a flow's decision asks for",
			byFlow(gateway.ReadFlows, filing.wanted)},
		{post, "/flows/{id}/filings/documents", "filings", "Make the documents of a filing; they are a draft unless exactly this input was approved",
			sized(maxFilingBody, byFlow(gateway.ReadFlows, filing.documents))},
		{post, "/flows/{id}/filings/approval", "filings", "A compliance officer's approval of the documents that the gateway makes now",
			sized(maxFilingBody, byFlow(gateway.ReviewFlows, filing.approve))},

		{get, "/counts", "counts", "People exported since 1 January",
			byOwner(gateway.ReadCounts, counts.show)},
		{post, "/counts/corrections", "counts", "Correct a count",
			byOwner(gateway.CorrectCounts, counts.correct)},
		{get, "/evidence", "evidence", "The log's key and newest checkpoint",
			shared(gateway.ReadEvidence, proof.show)},
		{get, "/flows/{id}/waybill", "evidence", "The waybill of a completed flow",
			byFlow(gateway.ReadEvidence, proof.waybill)},
	}
}
