<?php

declare(strict_types=1);

namespace Phalcon\Http;

use DateTime;
use Phalcon\Http\Response\HeadersInterface;

/** What can be done with the answer to a request. */
interface ResponseInterface
{
    public function appendContent(string $content): ResponseInterface;

    public function getContent(): string;

    public function getHeaders(): HeadersInterface;

    public function getStatusCode(): ?int;

    public function hasHeader(string $name): bool;

    public function isSent(): bool;

    public function redirect(
        ?string $location = null,
        bool $externalRedirect = false,
        int $statusCode = 302
    ): ResponseInterface;

    public function resetHeaders(): ResponseInterface;

    public function send(): ResponseInterface;

    public function sendCookies(): ResponseInterface;

    public function sendHeaders(): ResponseInterface|bool;

    public function setContent(string $content): ResponseInterface;

    public function setContentLength(int $contentLength): ResponseInterface;

    public function setContentType(string $contentType, ?string $charset = null): ResponseInterface;

    public function setExpires(DateTime $datetime): ResponseInterface;

    public function setFileToSend(string $filePath, ?string $attachmentName = null): ResponseInterface;

    public function setHeader(string $name, string $value): ResponseInterface;

    public function setJsonContent($content): ResponseInterface;

    public function setNotModified(): ResponseInterface;

    public function setRawHeader(string $header): ResponseInterface;

    public function setStatusCode(int $code, ?string $message = null): ResponseInterface;
}
