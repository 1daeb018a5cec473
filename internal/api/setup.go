package api

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// setupScript runs on the page of the set-up link. The token is in the
// fragment, which browsers do not send.
const setupScript = `
document.getElementById("go").addEventListener("click", async () => {
  const out = document.getElementById("out");
  const res = await fetch("` + Prefix + `/setup", {method: "POST", headers: {"Content-Type": "application/json"},
    body: JSON.stringify({token: location.hash.slice(1), name: document.getElementById("name").value})});
  const body = await res.json();
  out.textContent = res.ok ? body.secret : body.message + " — " + (body.hint || "");
  if (res.ok) history.replaceState(null, "", "/setup");
});
`

var setupScriptHash = func() string {
	sum := sha256.Sum256([]byte(setupScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}()

const setupHTML = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Hutong · 沪通</title><style>
body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem;color:#1c2733}
input,button{font:inherit;padding:.5rem .75rem;border:1px solid #6b7a89;border-radius:.4rem}button{background:#0b5cad;color:#fff;border-color:#0b5cad}
output{display:block;margin-top:1rem;padding:.75rem;background:#eef3f8;word-break:break-all;min-height:1.6em}</style></head><body><main>
<h1>Set up this gateway · 设置网关</h1>
<p>Make the key of the first operator. It is shown once: keep it in a safe place.</p>
<p lang="zh">创建首位运营者的密钥。密钥只显示一次，请妥善保存。</p>
<p><label>Your name · 姓名 <input id="name" value="operator" maxlength="128"></label> <button id="go">Make key · 创建</button></p>
<output id="out" aria-live="polite"></output></main><script>` + setupScript + `</script></body></html>`

func setupPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(setupHTML)) // the caller notices a broken connection
}
