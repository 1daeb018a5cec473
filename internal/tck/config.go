package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// keys are the ids of all scripts, sorted.
func keys() []string {
	out := make([]string, 0, len(scripts))
	for key := range scripts {
		out = append(out, key)
	}
	slices.Sort(out)
	return out
}

var testID = regexp.MustCompile(`^A(CN|TP)(C?)(\d\d)(\d\d)$`)

// properties is the kit's configuration: where the connector is, and which
// dataset or agreement each test uses. A test without its line uses a random
// id and fails. wait is in seconds.
func properties(url string, callbackPort, wait int) string {
	var b strings.Builder
	set := func(key, value string) { fmt.Fprintf(&b, "%s=%s\n", key, value) }
	base := url + "/p/" + string(self)
	set("dataspacetck.dsp.local.connector", "false")
	set("dataspacetck.dsp.connector.agent.id", string(self))
	set("dataspacetck.dsp.connector.http.url", base+"/dsp")
	set("dataspacetck.dsp.connector.http.base.url", base)
	set("dataspacetck.dsp.connector.http.headers.authorization", secret)
	set("dataspacetck.dsp.connector.negotiation.initiate.url", url+"/trigger/negotiations")
	set("dataspacetck.dsp.connector.transfer.initiate.url", url+"/trigger/transfers")
	set("dataspacetck.callback.address", fmt.Sprintf("http://127.0.0.1:%d", callbackPort))
	set("dataspacetck.port", fmt.Sprint(callbackPort))
	set("dataspacetck.dsp.default.wait", fmt.Sprint(wait))
	set("CAT_01_01_DATASETID", "CAT0101")
	set("CAT_01_02_DATASETID", "CAT0102")
	set("CAT_01_03_DATASETID", "CAT0103")
	for _, key := range keys() {
		m := testID.FindStringSubmatch(key)
		test := m[1] + "_"
		if m[2] != "" {
			test += "C_"
		}
		test += m[3] + "_" + m[4]
		switch {
		case m[1] == "TP":
			set(test+"_AGREEMENTID", key)
			set(test+"_FORMAT", format)
		case m[2] == "":
			set(test+"_DATASETID", key)
			set(test+"_OFFERID", "CD123:"+key+":456")
		default:
			set(test+"_DATASETID", key)
		}
	}
	return b.String()
}
