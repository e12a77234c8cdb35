<?php

// No strict types: what the application gets from here is converted, as by the extension.

namespace Phalcon\Http;

use DateTime;
use Phalanx\Phalcon\Http\ReasonPhrases;
use Phalcon\Di\Di;
use Phalcon\Di\DiInterface;
use Phalcon\Di\InjectionAwareInterface;
use Phalcon\Events\EventsAwareInterface;
use Phalcon\Events\ManagerInterface;
use Phalcon\Http\Message\ResponseStatusCodeInterface;
use Phalcon\Http\Response\Cookies;
use Phalcon\Http\Response\CookiesInterface;
use Phalcon\Http\Response\Exceptions\NonStandardStatusCodeRequiresMessage;
use Phalcon\Http\Response\Exceptions\ResponseAlreadySent;
use Phalcon\Http\Response\Exceptions\UrlServiceUnavailable;
use Phalcon\Http\Response\Headers;
use Phalcon\Http\Response\HeadersInterface;
use Phalcon\Mvc\ViewInterface;
use Phalcon\Support\Helper\File\Basename;
use Phalcon\Support\Helper\Json\Encode;
use Phalcon\Traits\Php\InfoTrait;
use Phalcon\Traits\Php\UrlTrait;

/** The answer to a request: status, headers, cookies and content, or a file in place of content. */
class Response implements InjectionAwareInterface, EventsAwareInterface, ResponseStatusCodeInterface, ResponseInterface
{
    use InfoTrait;
    use UrlTrait;

    protected $container = null;
    protected $content = null;
    protected $cookies = null;
    protected $eventsManager = null;
    protected $file = null;
    protected $headers = null;
    protected $sent = false;
    protected $encode = null;

    public function __construct(?string $content = null, $code = null, $status = null)
    {
        $this->headers = new Headers();
        $this->encode = new Encode();
        if ($content !== null) {
            $this->setContent($content);
        }
        if ($code !== null) {
            $this->setStatusCode($code, $status);
        }
    }

    public function appendContent($content): ResponseInterface
    {
        $this->content = $this->getContent() . $content;

        return $this;
    }

    public function getContent(): string
    {
        return (string) $this->content;
    }

    /** The cookies that will be sent; none, not registered here, where nothing has set one. */
    public function getCookies(): CookiesInterface
    {
        if ($this->cookies !== null) {
            return $this->cookies;
        }
        $cookies = new Cookies();
        if ($this->container !== null) {
            $cookies->setDI($this->container);
        }

        return $cookies;
    }

    public function getDI(): DiInterface
    {
        return $this->container ??= Di::getDefault() ?? throw new UrlServiceUnavailable();
    }

    public function getEventsManager(): ?ManagerInterface
    {
        return $this->eventsManager;
    }

    public function getHeaders(): HeadersInterface
    {
        return $this->headers;
    }

    public function getReasonPhrase(): ?string
    {
        return substr((string) $this->headers->get('Status'), 4) ?: null;
    }

    public function getStatusCode(): ?int
    {
        return (int) substr((string) $this->headers->get('Status'), 0, 3) ?: null;
    }

    public function hasHeader(string $name): bool
    {
        return $this->getHeaders()->has($name);
    }

    public function isSent(): bool
    {
        return $this->sent;
    }

    /** To a path or route of the application, by its "url" service, or to a URL; the view is disabled. */
    public function redirect($location = null, bool $externalRedirect = false, int $statusCode = 302): ResponseInterface
    {
        $location = $location ?: '';
        $isUrl = is_string($location) && str_contains($location, '://') && preg_match('/^[^:\/?#]++:/', $location);
        $target = $externalRedirect || $isUrl ? $location : null;

        $container = $this->getDI();
        if (!$target) {
            $target = $container->getShared('url')->get($location);
        }
        if ($container->has('view')) {
            $view = $container->getShared('view');
            if ($view instanceof ViewInterface) {
                $view->disable();
            }
        }
        $this->setStatusCode($statusCode < 300 || $statusCode > 308 ? 302 : $statusCode);
        $this->setHeader('Location', $target);

        return $this;
    }

    public function removeHeader(string $name): ResponseInterface
    {
        $this->headers->remove($name);

        return $this;
    }

    public function resetHeaders(): ResponseInterface
    {
        $this->headers->reset();

        return $this;
    }

    /** Sends headers, cookies, and the content or the file, once. A file is never held in memory as a whole. */
    public function send(): ResponseInterface
    {
        if ($this->sent) {
            throw new ResponseAlreadySent();
        }
        $this->sendHeaders();
        $this->sendCookies();
        $content = (string) $this->content;
        if ($content !== '') {
            echo $content;
        } elseif (is_string($this->file) && $this->file !== '') {
            $this->sendFile($this->file);
        }
        $this->sent = true;

        return $this;
    }

    public function sendCookies(): ResponseInterface
    {
        if (is_object($this->cookies)) {
            $this->cookies->send();
        }

        return $this;
    }

    /** False when a listener of "response:beforeSendHeaders" says so. */
    public function sendHeaders(): ResponseInterface|bool
    {
        $events = $this->eventsManager;
        if ($events !== null && $events->fire('response:beforeSendHeaders', $this) === false) {
            return false;
        }
        if ($this->headers->send() && $events !== null) {
            $events->fire('response:afterSendHeaders', $this);
        }

        return $this;
    }

    /** Has the answer kept by caches for so many minutes. */
    public function setCache(int $minutes): ResponseInterface
    {
        $this->setExpires(new DateTime("+$minutes minutes"));
        $this->setHeader('Cache-Control', 'max-age=' . $minutes * 60);

        return $this;
    }

    public function setContent(string $content): ResponseInterface
    {
        $this->content = $content;

        return $this;
    }

    public function setContentLength(int $contentLength): ResponseInterface
    {
        $this->setHeader('Content-Length', $contentLength);

        return $this;
    }

    public function setContentType(string $contentType, $charset = null): ResponseInterface
    {
        $this->setHeader('Content-Type', $charset === null ? $contentType : "$contentType; charset=$charset");

        return $this;
    }

    public function setCookies(CookiesInterface $cookies): ResponseInterface
    {
        $this->cookies = $cookies;

        return $this;
    }

    public function setDI(DiInterface $container): void
    {
        $this->container = $container;
    }

    public function setEtag(string $etag): ResponseInterface
    {
        $this->setHeader('Etag', $etag);

        return $this;
    }

    public function setEventsManager(ManagerInterface $eventsManager): void
    {
        $this->eventsManager = $eventsManager;
    }

    public function setExpires(DateTime $datetime): ResponseInterface
    {
        $this->setHeader('Expires', self::httpDate($datetime));

        return $this;
    }

    /** Sends a file in place of content; as an attachment browsers offer to save it. */
    public function setFileToSend(string $filePath, $attachmentName = null, $attachment = true): ResponseInterface
    {
        if ($attachment) {
            $name = is_string($attachmentName) ? $attachmentName : (new Basename())($filePath);
            $encoding = self::phpFunctionExists('mb_detect_encoding')
                ? mb_detect_encoding($name, mb_detect_order(), true)
                : 'ASCII';
            $this->setRawHeader('Content-Description: File Transfer');
            $this->setRawHeader('Content-Type: application/octet-stream');
            $this->setRawHeader('Content-Transfer-Encoding: binary');
            if ($encoding === 'ASCII') {
                $name = addcslashes($name, "\x0d\x0f\\\"");
                $this->setRawHeader("Content-Disposition: attachment; filename=\"$name\"");
            } else {
                $name = self::phpRawUrlEncode($name);
                $encoding = strtolower((string) $encoding);
                $this->setRawHeader("Content-Disposition: attachment; filename=$name; filename*=$encoding''$name");
            }
        }
        $this->file = $filePath;

        return $this;
    }

    public function setHeader(string $name, $value): ResponseInterface
    {
        $this->headers->set($name, (string) $value);

        return $this;
    }

    /** Adds these headers. */
    public function setHeaders(HeadersInterface $headers): ResponseInterface
    {
        foreach ($headers->toArray() as $name => $value) {
            if ($value === null) {
                $this->headers->setRaw((string) $name);
            } else {
                $this->headers->set((string) $name, $value);
            }
        }

        return $this;
    }

    public function setJsonContent($content, int $jsonOptions = 0, int $depth = 512): ResponseInterface
    {
        $this->setContentType('application/json');
        $this->setContent(($this->encode)($content, $jsonOptions, $depth));

        return $this;
    }

    public function setLastModified(DateTime $datetime): ResponseInterface
    {
        $this->setHeader('Last-Modified', self::httpDate($datetime));

        return $this;
    }

    public function setNotModified(): ResponseInterface
    {
        $this->setStatusCode(304, 'Not modified');

        return $this;
    }

    public function setRawHeader(string $header): ResponseInterface
    {
        $this->headers->setRaw($header);

        return $this;
    }

    /** With the reason phrase of the code; one that is not known needs a message. */
    public function setStatusCode(int $code, ?string $message = null): ResponseInterface
    {
        foreach ($this->headers->toArray() as $name => $value) {
            if (is_string($name) && str_contains($name, 'HTTP/')) {
                $this->headers->remove($name);
            }
        }
        $message ??= ReasonPhrases::BY_CODE[$code] ?? throw new NonStandardStatusCodeRequiresMessage();
        $this->headers->setRaw("HTTP/1.1 $code $message");
        $this->headers->set('Status', "$code $message");

        return $this;
    }

    /** The engine's server sends it by itself; elsewhere it goes through the output. */
    private function sendFile(string $path): void
    {
        if (!function_exists('phalanx_request_file') || !\phalanx_request_file($path)) {
            readfile($path);
        }
    }

    private static function httpDate(DateTime $datetime): string
    {
        return gmdate('D, d M Y H:i:s', $datetime->getTimestamp()) . ' GMT';
    }
}
