// Package youth knows what tells how old somebody is: names of columns, values
// that are ages, and those that are a class or a school. The words are data,
// words/ages.yaml. It knows no age limit.
package youth
