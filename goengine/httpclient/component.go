package httpclient

import "github.com/phalanx-php/phalanx/goengine/component"

//go:generate go run github.com/phalanx-php/phalanx/goengine/component/describe/gen

func init() {
	component.Register(`Phalanx\Http\Transport`, New, component.Defaults(Defaults), component.OnRelease((*Transport).release),
		component.Static("stats", ReadStats), component.Params("Send", "method", "url", "request", "producers"))
	component.RegisterType[*Stream](`Phalanx\Http\Stream`, component.OnRelease((*Stream).Close))
	component.Register(`Phalanx\Http\CookieJar`, NewCookieJar, component.Hide("Cookies", "SetCookies"),
		component.Params("Set", "url", "cookie"), component.Params("Get", "url"))
}
