<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use ReflectionMethod;
use RuntimeException;
use Stringable;
use Workerman\Connection\TcpConnection;
use Workerman\Protocols\Http;

use function array_walk_recursive;
use function clearstatcache;
use function count;
use function explode;
use function file_get_contents;
use function file_put_contents;
use function is_file;
use function is_string;
use function json_decode;
use function ltrim;
use function parse_str;
use function parse_url;
use function preg_match;
use function preg_replace;
use function rtrim;
use function session_create_id;
use function str_contains;
use function strlen;
use function strpos;
use function strstr;
use function strtolower;
use function substr;
use function tempnam;
use function trim;
use function unlink;
use function unpack;
use function urlencode;

use const UPLOAD_ERR_CANT_WRITE;
use const UPLOAD_ERR_NO_FILE;
use const UPLOAD_ERR_NO_TMP_DIR;
use const UPLOAD_ERR_OK;

/**
 * One HTTP request: the bytes as they came, each part parsed when it is first asked for.
 *
 * The engine makes these objects without running the constructor (unless a subclass has one of its own) and writes
 * $buffer and $connection itself, so every other property starts from its declared default. $buffer always holds one
 * whole message whose body is not chunked any more.
 *
 * Source: Workerman\Protocols\Http\Request 5.2.2.
 */
class Request implements Stringable
{
    /** Kept for code that reads it; parsed requests are not cached here. */
    public const MAX_CACHE_STRING_LENGTH = 4096;

    /** Kept for code that reads it; parsed requests are not cached here. */
    public const MAX_CACHE_SIZE = 256;

    /** Null once the request is over: an answer, or a session cookie, can no longer be sent through it. */
    public ?TcpConnection $connection = null;

    /** Parts (fields and files together) of one multipart body that are looked at; the rest is ignored. */
    public static int $maxFileUploads = 1024;

    /** What the application stored with $request->name = $value. */
    public array $properties = [];

    /**
     * What has been parsed so far: get, post, files, headers, cookie, method, uri, path, query_string,
     * protocolVersion, head; old_files: temporary files parsed before the last time. Subclasses may write to it.
     */
    protected array $data = [];

    /** False in an unserialised copy, which must not remove the uploaded files of the original. */
    protected bool $isSafe = true;

    /** The session and its id live here ('session', 'sid'), beside what frameworks add; destroy() empties it. */
    public array $context = [];

    /** Trailer fields of a chunked message by lower-case name; null until they are set. */
    protected ?array $chunkTrailers = null;

    private const LOOKUPS_BEFORE_PARSING = 4;

    /** Headers looked up one by one so far. */
    private int $lookups = 0;

    private ?string $lowerHead = null;

    /**
     * Files of a large form that the engine has written to disk: by where in $buffer the content is missing, path ('':
     * it could not be written) and size.
     *
     * @var array<int, array{string, int}>
     */
    private array $spooled = [];

    /** @var array<class-string, bool> whether a subclass has its own parseHeaders(); for the thread's life */
    private static array $ownParser = [];

    public function __construct(protected string $buffer)
    {
    }

    /**
     * The first call wins: an application cannot replace what the peer sent.
     *
     * @internal for the protocol
     * @param array<string, string> $trailers by lower-case name
     */
    public function setChunkTrailers(array $trailers): void
    {
        $this->chunkTrailers ??= $trailers;
    }

    /**
     * Takes what the engine knows of the request besides its bytes.
     *
     * @internal called from C; only for requests that have it
     * @param string $extra what goengine/loop.appendExtra() writes: trailer fields, then files on disk
     */
    public function setEngineExtra(string $extra): void
    {
        $end = 4 + unpack('N', $extra)[1];
        if ($end > 4) {
            $trailers = [];
            foreach (explode("\r\n", substr($extra, 4, $end - 6)) as $line) {
                [$name, $value] = explode(':', $line, 2);
                $trailers[strtolower($name)] = ltrim($value);
            }
            $this->setChunkTrailers($trailers);
        }
        for ($at = $end; $at < strlen($extra); $at += 20 + $file['length']) {
            $file = unpack('Joffset/Jsize/Nlength', $extra, $at);
            $this->spooled[$file['offset']] = [substr($extra, $at + 20, $file['length']), $file['size']];
        }
    }

    /**
     * The bytes as they came, the contents of files on disk included.
     *
     * @throws RuntimeException when one of them is not there any more, or never could be written
     */
    private function assembled(): string
    {
        $whole = '';
        $at = 0;
        foreach ($this->spooled as $offset => [$path]) {
            $whole .= substr($this->buffer, $at, $offset - $at) . $this->spooledContent($path);
            $at = $offset;
        }

        return $whole . substr($this->buffer, $at);
    }

    private function spooledContent(string $path): string
    {
        $content = $path === '' ? false : @file_get_contents($path);
        if ($content === false) {
            throw new RuntimeException('A file of this request is not on disk: it was moved or could not be written');
        }

        return $content;
    }

    /** @return mixed one query parameter, or all of them (an array) when $name is null */
    public function get(?string $name = null, mixed $default = null): mixed
    {
        if (!isset($this->data['get'])) {
            $this->parseGet();
        }

        return $name === null ? $this->data['get'] : $this->data['get'][$name] ?? $default;
    }

    /** @return mixed one field of a form or JSON body, or all of them (an array) when $name is null */
    public function post(?string $name = null, mixed $default = null): mixed
    {
        if (!isset($this->data['post'])) {
            $this->parsePost();
        }

        return $name === null ? $this->data['post'] : $this->data['post'][$name] ?? $default;
    }

    /**
     * @param string|null $name in any case
     * @return mixed one header, or all of them by lower-case name (an array) when $name is null; a header that came
     *               more than once is one string joined with commas
     */
    public function header(?string $name = null, mixed $default = null): mixed
    {
        if ($name !== null) {
            $name = strtolower($name);
            // Most requests are asked for two or three of their headers: searching beats parsing all of them.
            if ($this->lookups < self::LOOKUPS_BEFORE_PARSING && !isset($this->data['headers'])) {
                ++$this->lookups;
                $found = $this->findHeader($name);
                if ($found !== false) {
                    return $found ?? $default;
                }
            }
        }
        if (!isset($this->data['headers'])) {
            $this->parseHeaders();
        }

        return $name === null ? $this->data['headers'] : $this->data['headers'][$name] ?? $default;
    }

    /**
     * @param string $name in lower case
     * @return string|false|null null: absent; false: came more than once, or a subclass has its own parseHeaders()
     */
    private function findHeader(string $name): string|false|null
    {
        if (static::class !== self::class) {
            self::$ownParser[static::class] ??= (new ReflectionMethod($this, 'parseHeaders'))->class !== self::class;
            if (self::$ownParser[static::class]) {
                return false;
            }
        }

        $head = $this->lowerHead();
        $line = "\r\n$name:";
        $at = strpos($head, $line);
        if ($at === false) {
            return null;
        }
        $start = $at + strlen($line);
        $end = strpos($head, "\r\n", $start);
        if ($end === false) {
            $end = strlen($head);
        } elseif (strpos($head, $line, $end) !== false) {
            return false;
        }

        return trim(substr($this->buffer, $start, $end - $start), " \t");
    }

    /** rawHead() in lower case: same length, same positions. */
    private function lowerHead(): string
    {
        return $this->lowerHead ??= strtolower(strstr($this->buffer, "\r\n\r\n", true));
    }

    /** @return mixed one trailer field of a chunked request, or all of them (an array) when $name is null */
    public function trailer(?string $name = null, mixed $default = null): mixed
    {
        return $name === null ? $this->chunkTrailers ?? [] : $this->chunkTrailers[strtolower($name)] ?? $default;
    }

    /** @return mixed one cookie as it was sent (not URL-decoded), or all of them (an array) when $name is null */
    public function cookie(?string $name = null, mixed $default = null): mixed
    {
        if (!isset($this->data['cookie'])) {
            $cookies = [];
            foreach (explode(';', $this->header('cookie', '')) as $pair) {
                $equals = strpos($pair, '=');
                if ($equals !== false) {
                    $cookies[trim(substr($pair, 0, $equals))] = substr($pair, $equals + 1);
                }
            }
            $this->data['cookie'] = $cookies;
        }

        return $name === null ? $this->data['cookie'] : $this->data['cookie'][$name] ?? $default;
    }

    /**
     * The uploaded files. They live as long as this object; one that the application moved away makes the next call
     * parse (and write) all of them again.
     *
     * @return mixed array{name: string, tmp_name: string, size: int, error: int, full_path: string, type: string},
     *               nested as the field's name says; null without such a field; all of them when $name is null
     */
    public function file(?string $name = null): mixed
    {
        if (!empty($this->data['files'])) {
            clearstatcache();
            $complete = true;
            array_walk_recursive(
                $this->data['files'],
                static function (mixed $value, int|string $key) use (&$complete): void {
                    $complete = $complete && ($key !== 'tmp_name' || is_file($value));
                }
            );
            if (!$complete && $this->spooled === []) { // what is on disk cannot be written again
                $this->data['old_files'][] = $this->data['files']; // the others still have to be removed
                unset($this->data['files']);
            }
        }
        if (!isset($this->data['files'])) {
            $this->parsePost();
        }

        return $name === null ? $this->data['files'] : $this->data['files'][$name] ?? null;
    }

    public function method(): string
    {
        if (!isset($this->data['method'])) {
            $this->parseHeadFirstLine();
        }

        return $this->data['method'];
    }

    /** Such as '1.1'. */
    public function protocolVersion(): string
    {
        if (!isset($this->data['protocolVersion'])) {
            $this->parseProtocolVersion();
        }

        return $this->data['protocolVersion'];
    }

    /** The Host header, null without one. */
    public function host(bool $withoutPort = false): ?string
    {
        $host = $this->header('host');

        return $host && $withoutPort ? preg_replace('/:\d{1,5}$/', '', $host) : $host;
    }

    /** The request target as it was sent: path and query string. */
    public function uri(): string
    {
        if (!isset($this->data['uri'])) {
            $this->parseHeadFirstLine();
        }

        return $this->data['uri'];
    }

    /** Not URL-decoded. */
    public function path(): string
    {
        if (!isset($this->data['path'])) {
            $this->parseUriComponents();
        }

        return $this->data['path'];
    }

    /** Not URL-decoded; '' without one. */
    public function queryString(): string
    {
        if (!isset($this->data['query_string'])) {
            $this->parseUriComponents();
        }

        return $this->data['query_string'];
    }

    /** Splits the target into path and query string. */
    protected function parseUriComponents(): void
    {
        $parts = parse_url($this->uri());
        $this->data['path'] = $parts['path'] ?? '/';
        $this->data['query_string'] = $parts['query'] ?? '';
    }

    /**
     * The session of the visitor's cookie; a visitor without one gets a new session and the cookie with the answer.
     *
     * @throws RuntimeException when a cookie has to be sent but the request is over
     */
    public function session(): Session
    {
        return $this->context['session'] ??= new Session($this->sessionId());
    }

    /**
     * The session's id, or with $sessionId the switch to that one; data of the session used so far is not taken along.
     *
     * @throws RuntimeException when a cookie has to be sent but the request is over
     */
    public function sessionId(?string $sessionId = null): string
    {
        if ($sessionId) {
            unset($this->context['sid'], $this->context['session']);
        } elseif (isset($this->context['sid'])) {
            return $this->context['sid'];
        }

        $id = $sessionId ? '' : $this->cookie(Session::$name, '');
        // RFC 6265, 4.1.1: a cookie's value may come in double quotes.
        if (is_string($id) && strlen($id) > 1 && $id[0] === '"' && $id[-1] === '"') {
            $id = substr($id, 1, -1);
        }
        if (!$this->isValidSessionId($id)) {
            if (!$this->connection) {
                throw new RuntimeException('Request->session() fail, header already send');
            }
            $id = $sessionId ?: static::createSessionId();
            $this->setSidCookie(Session::$name, $id, Session::getCookieParams());
        }

        return $this->context['sid'] = $id;
    }

    public function isValidSessionId(mixed $sessionId): bool
    {
        return is_string($sessionId) && preg_match('/^[a-zA-Z0-9,-]{16,256}$/D', $sessionId) === 1;
    }

    /**
     * Moves the session's data to a new id, against session fixation.
     *
     * @param bool $deleteOldSession whether the data disappears under the old id
     * @throws RuntimeException when the request is over
     */
    public function sessionRegenerateId(bool $deleteOldSession = false): string
    {
        $old = $this->session();
        $data = $old->all();
        if ($deleteOldSession) {
            $old->flush();
        }

        $id = static::createSessionId();
        $new = new Session($id);
        $new->put($data);
        $this->setSidCookie(Session::$name, $id, Session::getCookieParams());
        $this->context['sid'] = $id;
        $this->context['session'] = $new;

        return $id;
    }

    /** Request line and headers, without the empty line after them. */
    public function rawHead(): string
    {
        return $this->data['head'] ??= strstr($this->buffer, "\r\n\r\n", true);
    }

    /**
     * The body. That of a large form, whose files are on disk, is put together in memory.
     *
     * @throws RuntimeException when a file of a large form has been moved, or could not be written
     */
    public function rawBody(): string
    {
        $whole = $this->spooled === [] ? $this->buffer : $this->assembled();

        return substr($whole, strpos($whole, "\r\n\r\n") + 4);
    }

    /** @throws RuntimeException as rawBody() */
    public function rawBuffer(): string
    {
        return $this->spooled === [] ? $this->buffer : $this->assembled();
    }

    protected function parseHeadFirstLine(): void
    {
        $lineEnd = strpos($this->buffer, "\r\n");
        $first = strpos($this->buffer, ' ');
        $second = $first === false ? false : strpos($this->buffer, ' ', $first + 1);
        if ($lineEnd !== false && $second !== false && $second < $lineEnd) {
            $this->data['method'] = substr($this->buffer, 0, $first);
            $this->data['uri'] = substr($this->buffer, $first + 1, $second - $first - 1);
            return;
        }

        // Not from the engine: a buffer somebody wrote by hand, perhaps without a version.
        $parts = explode(' ', $lineEnd === false ? $this->buffer : substr($this->buffer, 0, $lineEnd));
        $this->data['method'] = $parts[0];
        $this->data['uri'] = $parts[1] ?? '/';
    }

    protected function parseProtocolVersion(): void
    {
        $lineEnd = (int) strpos($this->buffer, "\r\n");
        $at = strpos($this->buffer, 'HTTP/');
        $this->data['protocolVersion'] = $at !== false && $at < $lineEnd
            ? substr($this->buffer, $at + 5, $lineEnd - $at - 5)
            : '1.0';
    }

    protected function parseHeaders(): void
    {
        $buffer = $this->buffer;
        $names = $this->lowerHead();
        $headers = [];
        $end = strlen($names);
        $next = strpos($buffer, "\r\n");
        while ($next < $end) {
            $line = $next + 2;
            $next = strpos($buffer, "\r\n", $line);
            $colon = strpos($buffer, ':', $line);
            if ($colon === false || $colon > $next) {
                continue;
            }
            $name = substr($names, $line, $colon - $line);
            $value = trim(substr($buffer, $colon + 1, $next - $colon - 1), " \t");
            $headers[$name] = isset($headers[$name]) ? "$headers[$name],$value" : $value;
        }
        $this->data['headers'] = $headers;
    }

    protected function parseGet(): void
    {
        $this->data['get'] = [];
        $query = $this->queryString();
        if ($query !== '') {
            parse_str($query, $this->data['get']);
        }
    }

    /** Parses the body as multipart, JSON or URL-encoded form, whichever its Content-Type says. */
    protected function parsePost(): void
    {
        $this->data['post'] = $this->data['files'] = [];
        $contentType = $this->header('content-type', '');
        if (
            str_contains($contentType, 'boundary=')
            && preg_match('/boundary="?([^\s;]+)"?/', $contentType, $match) === 1
        ) {
            $this->parseUploadFiles('--' . $match[1]);
            return;
        }

        $body = $this->rawBody();
        if ($body === '') {
            return;
        }
        if (str_contains($contentType, 'json')) {
            $this->data['post'] = (array) json_decode($body, true);
        } else {
            parse_str($body, $this->data['post']);
        }
    }

    /**
     * Splits a multipart body; files go to temporary files.
     *
     * @param string $httpPostBoundary with its leading '--'
     */
    protected function parseUploadFiles(string $httpPostBoundary): void
    {
        $boundary = rtrim($httpPostBoundary, '"');
        $offset = strpos($this->buffer, "\r\n\r\n") + 4 + strlen($boundary) + 2;
        $fields = $fileFields = '';
        $files = [];
        for ($left = static::$maxFileUploads; $left > 0 && $offset > 0; --$left) {
            $offset = $this->parseUploadFile($boundary, $offset, $fields, $fileFields, $files);
        }

        // parse_str() knows how names such as a[b][] nest; for files it nests their positions in $files.
        if ($fields !== '') {
            parse_str($fields, $this->data['post']);
        }
        if ($fileFields !== '') {
            parse_str($fileFields, $this->data['files']);
            array_walk_recursive($this->data['files'], static function (mixed &$value) use ($files): void {
                $value = $files[$value];
            });
        }
    }

    /**
     * Reads one part of a multipart body.
     *
     * @param string $boundary with its leading '--'
     * @param int $sectionStartOffset where the part's headers begin in the buffer
     * @param string $postEncodeString gets 'name=value&' of a field
     * @param string $filesEncodeStr gets 'name=position&' of a file
     * @param array $files gets the file
     * @return int where the next part begins, 0 when there is none or this one is malformed
     */
    protected function parseUploadFile(
        string $boundary,
        int $sectionStartOffset,
        string &$postEncodeString,
        string &$filesEncodeStr,
        array &$files
    ): int {
        $boundary = "\r\n$boundary";
        if (strlen($this->buffer) < $sectionStartOffset) {
            return 0;
        }
        $partEnd = strpos($this->buffer, $boundary, $sectionStartOffset);
        $headEnd = strpos($this->buffer, "\r\n\r\n", $sectionStartOffset);
        if ($partEnd === false || $headEnd === false || $headEnd + 4 > $partEnd) {
            return 0;
        }
        $next = $partEnd + strlen($boundary) + 2;
        $head = trim(substr($this->buffer, $sectionStartOffset, $headEnd - $sectionStartOffset));
        $spooled = $this->spooled[$headEnd + 4] ?? null;
        $content = $spooled === null ? substr($this->buffer, $headEnd + 4, $partEnd - $headEnd - 4) : '';

        $file = [];
        $field = null;
        foreach (explode("\r\n", $head) as $line) {
            $parts = explode(': ', $line, 2);
            if (!isset($parts[1]) || $parts[0] === '') {
                return 0;
            }
            switch (strtolower($parts[0])) {
                case 'content-disposition':
                    if (preg_match('/name="(.*?)"; filename="(.*?)"/i', $parts[1], $match) === 1) {
                        $field = $match[1];
                        $file = [...$file, ...$this->storeUpload($field, $match[2], $content, $spooled)];
                        $file['type'] ??= '';
                        break;
                    }
                    if (preg_match('/name="(.*?)"$/', $parts[1], $match) === 1) {
                        $content = $spooled === null ? $content : $this->spooledContent($spooled[0]);
                        $postEncodeString .= urlencode($match[1]) . '=' . urlencode($content) . '&';
                    }
                    return $next;
                case 'content-type':
                    $file['type'] = trim($parts[1]);
                    break;
                case 'webkitrelativepath':
                    $file['full_path'] = trim($parts[1]);
                    break;
            }
        }
        if ($field === null) {
            return 0;
        }
        $filesEncodeStr .= urlencode($field) . '=' . count($files) . '&';
        $files[] = $file;

        return $next;
    }

    /**
     * @param array{string, int}|null $spooled path and size, when the content is on disk already
     * @return array{name: string, tmp_name: string, size: int, error: int, full_path: string}
     */
    private function storeUpload(string $field, string $fileName, string $content, ?array $spooled): array
    {
        $tmpName = '';
        $error = UPLOAD_ERR_OK;
        $folder = Http::uploadTmpDir();
        if ($spooled !== null) {
            $tmpName = $spooled[0];
            $error = $tmpName === '' ? UPLOAD_ERR_CANT_WRITE : UPLOAD_ERR_OK;
        } elseif ($folder === '') {
            $error = UPLOAD_ERR_NO_TMP_DIR;
        } elseif ($content === '' && $field === '') {
            $error = UPLOAD_ERR_NO_FILE;
        } else {
            $tmpName = (string) tempnam($folder, 'workerman.upload.');
            if ($tmpName === '' || file_put_contents($tmpName, $content) === false) {
                $error = UPLOAD_ERR_CANT_WRITE;
            }
        }

        return [
            'name' => $fileName,
            'tmp_name' => $tmpName,
            'size' => $spooled[1] ?? strlen($content),
            'error' => $error,
            'full_path' => $fileName,
        ];
    }

    /** @throws RuntimeException when PHP cannot make one */
    public static function createSessionId(): string
    {
        $id = session_create_id();
        if ($id === false) {
            throw new RuntimeException('session_create_id() failed');
        }

        return $id;
    }

    /**
     * Has the cookie sent with the next answer on the connection.
     *
     * @param array{lifetime: int, path: string, domain: string, secure: bool, httponly: bool, samesite: string}
     *        $cookieParams
     * @throws RuntimeException when the request is over
     */
    protected function setSidCookie(string $sessionName, string $sid, array $cookieParams): void
    {
        if (!$this->connection) {
            throw new RuntimeException('Request->setSidCookie() fail, header already send');
        }
        $this->connection->headers['Set-Cookie'] = [
            "$sessionName=$sid"
            . (empty($cookieParams['domain']) ? '' : "; Domain=$cookieParams[domain]")
            . (empty($cookieParams['lifetime']) ? '' : "; Max-Age=$cookieParams[lifetime]")
            . (empty($cookieParams['path']) ? '' : "; Path=$cookieParams[path]")
            . (empty($cookieParams['samesite']) ? '' : "; SameSite=$cookieParams[samesite]")
            . ($cookieParams['secure'] ? '; Secure' : '')
            . ($cookieParams['httponly'] ? '; HttpOnly' : ''),
        ];
    }

    public function __toString(): string
    {
        return $this->rawBuffer();
    }

    public function __set(string $name, mixed $value): void
    {
        $this->properties[$name] = $value;
    }

    public function __get(string $name): mixed
    {
        return $this->properties[$name] ?? null;
    }

    public function __isset(string $name): bool
    {
        return isset($this->properties[$name]);
    }

    public function __unset(string $name): void
    {
        unset($this->properties[$name]);
    }

    public function __unserialize(array $data): void
    {
        $this->isSafe = false;
    }

    /** Ends the request: saves and lets go of its session, and of everything the application attached to it. */
    public function destroy(): void
    {
        $this->context = [];
        $this->properties = [];
        $this->connection = null;
    }

    /** Removes the uploaded files that were not moved away. */
    public function __destruct()
    {
        if ($this->isSafe) {
            foreach ($this->spooled as [$path]) {
                \phalanx_upload_release($path);
            }
        }
        if (!$this->isSafe || (empty($this->data['files']) && empty($this->data['old_files']))) {
            return;
        }
        clearstatcache();
        $files = [$this->data['files'] ?? [], $this->data['old_files'] ?? []];
        array_walk_recursive($files, static function (mixed $value, int|string $key): void {
            if ($key === 'tmp_name' && is_file($value)) {
                unlink($value);
            }
        });
    }
}
