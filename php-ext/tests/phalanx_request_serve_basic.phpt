--TEST--
phalanx_request_serve(): superglobals, headers, output and body are those of the message, and the script's are back after it
--INI--
request_order=GP
--FILE--
<?php
function message(string $head, string $body = ''): string
{
    return str_replace("\n", "\r\n", $head) . "\r\n\r\n$body";
}
$shown = static function (): void {
    header('X-One: 1');
    header('X-Two: a', false);
    header('X-Two: b', false);
    setcookie('c', 'v w');
    http_response_code(404);
    unset($_SERVER['REQUEST_TIME'], $_SERVER['REQUEST_TIME_FLOAT']);
    foreach (['_GET', '_POST', '_COOKIE', '_REQUEST', '_SERVER'] as $name) {
        echo $name, ' ', json_encode($GLOBALS[$name], JSON_UNESCAPED_SLASHES), "\n";
    }
    echo ob_get_level(), json_encode(headers_sent()), file_get_contents('php://input'), "\n";
};
echo phalanx_request_serve(message(<<<'HEAD'
    POST /a?x=1&y[]=2#part HTTP/1.1
    Host: h
    Cookie: a=b%20c; d=e
    Cookie: a=second
    Content-Type: text/plain
    X-Y: 1
    X-Y:2
    Proxy: never
    X_Y: nor this
    Authorization: Basic dXNlcjpwYXNz
    HEAD, 'the body'), ['SETTING' => 'on'], ['p' => '3', 'x' => '4'], [], $shown), "\n";
var_dump($_GET, $_REQUEST, isset($_SERVER['SETTING']), headers_list(), ob_get_level(), http_response_code());

// What a status says of the body; lengths of the application's own.
echo phalanx_request_serve(message("GET / HTTP/1.1\nHost: h"), [], [], [], static function (): void {
    header('HTTP/1.1 204 Nothing here');
    echo 'not sent';
});
echo phalanx_request_serve(message("HEAD / HTTP/1.1\nHost: h"), [], [], [], static function (): void {
    header('Content-Length: 12345');
    header('Connection: close');
});

// Nothing of this is a request.
foreach (['', "\r\n\r\n", 'GET', 'GET /', "GET / HTTP/1.1\r\nno colon\r\n"] as $broken) {
    echo strlen(phalanx_request_serve($broken, [], [], [], static fn () => print count($_SERVER))), ' ';
}
?>
--EXPECT--
HTTP/1.1 404 Not Found
X-One: 1
X-Two: a
X-Two: b
Set-Cookie: c=v%20w
Content-type: text/html; charset=UTF-8
Connection: keep-alive
Content-Length: 455

_GET {"x":"1","y":["2"]}
_POST {"p":"3","x":"4"}
_COOKIE {"a":"b c","d":"e"}
_REQUEST {"x":"4","y":["2"],"p":"3"}
_SERVER {"SETTING":"on","REQUEST_METHOD":"POST","REQUEST_URI":"/a?x=1&y[]=2#part","SERVER_PROTOCOL":"HTTP/1.1","QUERY_STRING":"x=1&y[]=2","HTTP_HOST":"h","HTTP_COOKIE":"a=b%20c; d=e; a=second","CONTENT_TYPE":"text/plain","HTTP_X_Y":"1, 2","HTTP_AUTHORIZATION":"Basic dXNlcjpwYXNz","PHP_AUTH_USER":"user","PHP_AUTH_PW":"pass"}
1falsethe body

array(0) {
}
array(0) {
}
bool(false)
array(0) {
}
int(0)
bool(false)
HTTP/1.1 204 Nothing here
Content-type: text/html; charset=UTF-8
Connection: keep-alive

HTTP/1.1 200 OK
Content-Length: 12345
Connection: close
Content-type: text/html; charset=UTF-8

103 103 103 103 103 
