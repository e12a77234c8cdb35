<?php

declare(strict_types=1);

namespace Workerman\Protocols\Http;

use Stringable;

use function array_merge_recursive;
use function dechex;
use function filemtime;
use function gmdate;
use function is_file;
use function pathinfo;
use function preg_replace;
use function rawurlencode;
use function str_replace;
use function strlen;

/**
 * One HTTP answer; as a string it is what goes to the peer.
 *
 * Header names are compared as written, so 'content-type' does not replace 'Content-Type'. Headers with CR, LF or NUL
 * in them are left out (see HeaderLines).
 *
 * Source: Workerman\Protocols\Http\Response 5.2.2.
 */
class Response implements Stringable
{
    /** Reason phrases by status code (IANA's HTTP status code registry). */
    public const PHRASES = [
        100 => 'Continue',
        101 => 'Switching Protocols',
        102 => 'Processing',
        103 => 'Early Hints',
        200 => 'OK',
        201 => 'Created',
        202 => 'Accepted',
        203 => 'Non-Authoritative Information',
        204 => 'No Content',
        205 => 'Reset Content',
        206 => 'Partial Content',
        207 => 'Multi-Status',
        208 => 'Already Reported',
        226 => 'IM Used',
        300 => 'Multiple Choices',
        301 => 'Moved Permanently',
        302 => 'Found',
        303 => 'See Other',
        304 => 'Not Modified',
        305 => 'Use Proxy',
        306 => 'Switch Proxy',
        307 => 'Temporary Redirect',
        308 => 'Permanent Redirect',
        400 => 'Bad Request',
        401 => 'Unauthorized',
        402 => 'Payment Required',
        403 => 'Forbidden',
        404 => 'Not Found',
        405 => 'Method Not Allowed',
        406 => 'Not Acceptable',
        407 => 'Proxy Authentication Required',
        408 => 'Request Timeout',
        409 => 'Conflict',
        410 => 'Gone',
        411 => 'Length Required',
        412 => 'Precondition Failed',
        413 => 'Payload Too Large',
        414 => 'URI Too Long',
        415 => 'Unsupported Media Type',
        416 => 'Range Not Satisfiable',
        417 => 'Expectation Failed',
        418 => 'I\'m a teapot',
        421 => 'Misdirected Request',
        422 => 'Unprocessable Entity',
        423 => 'Locked',
        424 => 'Failed Dependency',
        425 => 'Too Early',
        426 => 'Upgrade Required',
        428 => 'Precondition Required',
        429 => 'Too Many Requests',
        431 => 'Request Header Fields Too Large',
        451 => 'Unavailable For Legal Reasons',
        500 => 'Internal Server Error',
        501 => 'Not Implemented',
        502 => 'Bad Gateway',
        503 => 'Service Unavailable',
        504 => 'Gateway Timeout',
        505 => 'HTTP Version Not Supported',
        506 => 'Variant Also Negotiates',
        507 => 'Insufficient Storage',
        508 => 'Loop Detected',
        510 => 'Not Extended',
        511 => 'Network Authentication Required',
    ];

    /** Null: the usual phrase of the status. */
    protected ?string $reason = null;

    protected string $version = '1.1';

    /** @var array{file: string, offset: int, length: int}|null what withFile() was given; length 0: to the end */
    public ?array $file = null;

    /** Content types by file name extension. */
    protected static array $mimeTypeMap = [
        // text
        'html' => 'text/html',
        'htm' => 'text/html',
        'shtml' => 'text/html',
        'css' => 'text/css',
        'xml' => 'text/xml',
        'mml' => 'text/mathml',
        'txt' => 'text/plain',
        'jad' => 'text/vnd.sun.j2me.app-descriptor',
        'wml' => 'text/vnd.wap.wml',
        'htc' => 'text/x-component',
        // image
        'gif' => 'image/gif',
        'jpeg' => 'image/jpeg',
        'jpg' => 'image/jpeg',
        'png' => 'image/png',
        'tif' => 'image/tiff',
        'tiff' => 'image/tiff',
        'wbmp' => 'image/vnd.wap.wbmp',
        'ico' => 'image/x-icon',
        'jng' => 'image/x-jng',
        'bmp' => 'image/x-ms-bmp',
        'svg' => 'image/svg+xml',
        'svgz' => 'image/svg+xml',
        'webp' => 'image/webp',
        'avif' => 'image/avif',
        // application
        'js' => 'application/javascript',
        'atom' => 'application/atom+xml',
        'rss' => 'application/rss+xml',
        'wasm' => 'application/wasm',
        'jar' => 'application/java-archive',
        'war' => 'application/java-archive',
        'ear' => 'application/java-archive',
        'json' => 'application/json',
        'hqx' => 'application/mac-binhex40',
        'doc' => 'application/msword',
        'pdf' => 'application/pdf',
        'ps' => 'application/postscript',
        'eps' => 'application/postscript',
        'ai' => 'application/postscript',
        'rtf' => 'application/rtf',
        'm3u8' => 'application/vnd.apple.mpegurl',
        'xls' => 'application/vnd.ms-excel',
        'eot' => 'application/vnd.ms-fontobject',
        'ppt' => 'application/vnd.ms-powerpoint',
        'wmlc' => 'application/vnd.wap.wmlc',
        'kml' => 'application/vnd.google-earth.kml+xml',
        'kmz' => 'application/vnd.google-earth.kmz',
        '7z' => 'application/x-7z-compressed',
        'cco' => 'application/x-cocoa',
        'jardiff' => 'application/x-java-archive-diff',
        'jnlp' => 'application/x-java-jnlp-file',
        'run' => 'application/x-makeself',
        'pl' => 'application/x-perl',
        'pm' => 'application/x-perl',
        'prc' => 'application/x-pilot',
        'pdb' => 'application/x-pilot',
        'rar' => 'application/x-rar-compressed',
        'rpm' => 'application/x-redhat-package-manager',
        'sea' => 'application/x-sea',
        'swf' => 'application/x-shockwave-flash',
        'sit' => 'application/x-stuffit',
        'tcl' => 'application/x-tcl',
        'tk' => 'application/x-tcl',
        'der' => 'application/x-x509-ca-cert',
        'pem' => 'application/x-x509-ca-cert',
        'crt' => 'application/x-x509-ca-cert',
        'xpi' => 'application/x-xpinstall',
        'xhtml' => 'application/xhtml+xml',
        'xspf' => 'application/xspf+xml',
        'zip' => 'application/zip',
        'bin' => 'application/octet-stream',
        'exe' => 'application/octet-stream',
        'dll' => 'application/octet-stream',
        'deb' => 'application/octet-stream',
        'dmg' => 'application/octet-stream',
        'iso' => 'application/octet-stream',
        'img' => 'application/octet-stream',
        'msi' => 'application/octet-stream',
        'msp' => 'application/octet-stream',
        'msm' => 'application/octet-stream',
        'docx' => 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        'xlsx' => 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
        'pptx' => 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
        // audio
        'mid' => 'audio/midi',
        'midi' => 'audio/midi',
        'kar' => 'audio/midi',
        'mp3' => 'audio/mpeg',
        'ogg' => 'audio/ogg',
        'm4a' => 'audio/x-m4a',
        'ra' => 'audio/x-realaudio',
        // video
        '3gpp' => 'video/3gpp',
        '3gp' => 'video/3gpp',
        'ts' => 'video/mp2t',
        'mp4' => 'video/mp4',
        'mpeg' => 'video/mpeg',
        'mpg' => 'video/mpeg',
        'mov' => 'video/quicktime',
        'webm' => 'video/webm',
        'flv' => 'video/x-flv',
        'm4v' => 'video/x-m4v',
        'mng' => 'video/x-mng',
        'asx' => 'video/x-ms-asf',
        'asf' => 'video/x-ms-asf',
        'wmv' => 'video/x-ms-wmv',
        'avi' => 'video/x-msvideo',
        // font
        'ttf' => 'font/ttf',
        'woff' => 'font/woff',
        'woff2' => 'font/woff2',
    ];

    /** @param array $headers by name; an array as value is sent as one line for each item */
    public function __construct(protected int $status = 200, protected array $headers = [], protected string $body = '')
    {
    }

    /** Replaces a header. */
    public function header(string $name, string $value): static
    {
        $this->headers[$name] = $value;

        return $this;
    }

    /** Replaces a header, in this object. */
    public function withHeader(string $name, string $value): static
    {
        return $this->header($name, $value);
    }

    /** Adds headers: one that is there already is sent with both values. */
    public function withHeaders(array $headers): static
    {
        $this->headers = array_merge_recursive($this->headers, $headers);

        return $this;
    }

    public function withoutHeader(string $name): static
    {
        unset($this->headers[$name]);

        return $this;
    }

    public function getHeader(string $name): array|string|null
    {
        return $this->headers[$name] ?? null;
    }

    public function getHeaders(): array
    {
        return $this->headers;
    }

    /** @param string $ext without the dot, in lower case */
    public function getMimeType(string $ext): string
    {
        return self::$mimeTypeMap[$ext] ?? 'application/octet-stream';
    }

    /** @param string|null $reasonPhrase null or '': the usual one */
    public function withStatus(int $code, ?string $reasonPhrase = null): static
    {
        $this->status = $code;
        $this->reason = $reasonPhrase === null ? null : str_replace(["\r", "\n", "\0"], '', $reasonPhrase);

        return $this;
    }

    public function getStatusCode(): int
    {
        return $this->status;
    }

    /** What withStatus() was given; not the usual phrase. */
    public function getReasonPhrase(): ?string
    {
        return $this->reason;
    }

    /** @param string $version such as '1.1' */
    public function withProtocolVersion(string $version): static
    {
        $this->version = str_replace(["\r", "\n", "\0"], '', $version);

        return $this;
    }

    public function withBody(string $body): static
    {
        $this->body = $body;

        return $this;
    }

    public function rawBody(): string
    {
        return $this->body;
    }

    /**
     * Answers with a file, read when the answer is sent; a missing one makes this a 404 answer.
     *
     * @param int $offset bytes to leave out at its beginning
     * @param int $length bytes to send, 0: to its end; with either the answer becomes 206 with a Content-Range
     */
    public function withFile(string $file, int $offset = 0, int $length = 0): static
    {
        if (!is_file($file)) {
            return $this->withStatus(404)->withBody('<h3>404 Not Found</h3>');
        }
        $this->file = ['file' => $file, 'offset' => $offset, 'length' => $length];

        return $this;
    }

    /**
     * Adds a cookie. Only its value is encoded.
     *
     * @param int|null $maxAge seconds; null: until the browser is closed
     * @param string $sameSite 'Lax', 'Strict' or 'None'
     */
    public function cookie(
        string $name,
        string $value = '',
        ?int $maxAge = null,
        string $path = '',
        string $domain = '',
        bool $secure = false,
        bool $httpOnly = false,
        string $sameSite = ''
    ): static {
        $cookie = $name . '=' . rawurlencode($value);
        if (!empty($domain)) {
            $cookie .= "; Domain=$domain";
        }
        if ($maxAge !== null) {
            $cookie .= "; Max-Age=$maxAge";
        }
        if (!empty($path)) {
            $cookie .= "; Path=$path";
        }
        if ($secure) {
            $cookie .= '; Secure';
        }
        if ($httpOnly) {
            $cookie .= '; HttpOnly';
        }
        if (!empty($sameSite)) {
            $cookie .= "; SameSite=$sameSite";
        }
        $this->headers['Set-Cookie'][] = $cookie;

        return $this;
    }

    /**
     * The head of an answer with a file; Http::encode() has added the length by then.
     *
     * @param array{file: string, ...} $fileInfo
     */
    protected function createHeadForFile(array $fileInfo): string
    {
        $headers = $this->headers;
        $head = $this->startLine() . HeaderLines::render($headers);
        if (!isset($headers['Connection'])) {
            $head .= "Connection: keep-alive\r\n";
        }

        $path = pathinfo($fileInfo['file']);
        $type = '';
        if (!isset($headers['Content-Type'])) {
            $type = $this->getMimeType($path['extension'] ?? '');
            $head .= "Content-Type: $type\r\n";
        }
        // What a browser cannot show it is told to save. The name must not end the quoted string.
        if ($type === 'application/octet-stream' && !isset($headers['Content-Disposition'])) {
            $name = preg_replace('/["\\\\\x00-\x1F\x7F]/', '', $path['basename']);
            $head .= 'Content-Disposition: attachment; filename="' . ($name === '' ? 'unknown' : $name) . "\"\r\n";
        }
        if (!isset($headers['Last-Modified']) && ($modified = filemtime($fileInfo['file']))) {
            $head .= 'Last-Modified: ' . gmdate('D, d M Y H:i:s', $modified) . " GMT\r\n";
        }

        return "$head\r\n";
    }

    /**
     * The head of an answer with a file whose bytes are not sent: the client has them, or they are not what it wants.
     *
     * @internal
     */
    public function headWithoutBody(): string
    {
        $headers = $this->headers;
        unset($headers['Content-Type'], $headers['Content-Encoding']);
        $headers += ['Connection' => 'keep-alive'];
        if ($this->status !== 304) {
            $headers += ['Content-Length' => '0']; // a 304 has no body to speak of (RFC 9110, 15.4.5)
        }
        $headers += ['Accept-Ranges' => 'bytes'];
        if (!isset($headers['Last-Modified']) && ($modified = filemtime($this->file['file']))) {
            $headers['Last-Modified'] = gmdate('D, d M Y H:i:s', $modified) . ' GMT';
        }

        return $this->startLine() . HeaderLines::render($headers) . "\r\n";
    }

    private function startLine(): string
    {
        $reason = $this->reason ?: self::PHRASES[$this->status] ?? '';

        return "HTTP/$this->version $this->status $reason\r\n";
    }

    /** The whole answer, or the head alone where the body comes from elsewhere: a file, an event stream. */
    public function __toString(): string
    {
        if ($this->file) {
            return $this->createHeadForFile($this->file);
        }

        $reason = $this->reason ?: self::PHRASES[$this->status] ?? '';
        $length = strlen($this->body);
        $headers = $this->headers;
        if ($headers === []) {
            return "HTTP/$this->version $this->status $reason\r\nContent-Type: text/html;charset=utf-8\r\n"
                . "Content-Length: $length\r\nConnection: keep-alive\r\n\r\n$this->body";
        }

        $head = "HTTP/$this->version $this->status $reason\r\n" . HeaderLines::render($headers);
        if (!isset($headers['Connection'])) {
            $head .= "Connection: keep-alive\r\n";
        }
        if (!isset($headers['Content-Type'])) {
            $head .= "Content-Type: text/html;charset=utf-8\r\n";
        } elseif ($headers['Content-Type'] === 'text/event-stream') {
            // The events follow as ServerSentEvents; a length or a body here would end or spoil the stream.
            return "$head\r\n";
        }
        if (!isset($headers['Transfer-Encoding'])) {
            return "{$head}Content-Length: $length\r\n\r\n$this->body";
        }
        // Chunked: the body is the first Chunk; the application sends the others, and the empty one that ends it.
        if ($length === 0) {
            return "$head\r\n";
        }

        return "$head\r\n" . dechex($length) . "\r\n$this->body\r\n";
    }
}
