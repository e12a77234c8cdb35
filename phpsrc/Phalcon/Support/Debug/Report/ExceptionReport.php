<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Report;

/** What is known of an exception and of the request it happened in. */
final class ExceptionReport
{
    protected $backtrace = [];
    protected $className = null;
    protected $file = null;
    protected $includedFiles = [];
    protected $line = null;
    protected $memoryUsage = 0;
    protected $message = null;
    protected $peakMemoryUsage = 0;
    protected $request = [];
    protected $server = [];
    protected $showBackTrace = null;
    protected $uri = null;
    protected $variables = [];

    public function __construct(
        string $className,
        string $message,
        string $file,
        int $line,
        bool $showBackTrace,
        string $uri
    ) {
        $this->className = $className;
        $this->message = $message;
        $this->file = $file;
        $this->line = $line;
        $this->showBackTrace = $showBackTrace;
        $this->uri = $uri;
    }

    public function getBacktrace(): array
    {
        return $this->backtrace;
    }

    public function getClassName(): string
    {
        return $this->className;
    }

    public function getFile(): string
    {
        return $this->file;
    }

    public function getIncludedFiles(): array
    {
        return $this->includedFiles;
    }

    public function getLine(): int
    {
        return $this->line;
    }

    public function getMemoryUsage(): int
    {
        return $this->memoryUsage;
    }

    public function getMessage(): string
    {
        return $this->message;
    }

    public function getPeakMemoryUsage(): int
    {
        return $this->peakMemoryUsage;
    }

    public function getRequest(): array
    {
        return $this->request;
    }

    public function getServer(): array
    {
        return $this->server;
    }

    public function getUri(): string
    {
        return $this->uri;
    }

    public function getVariables(): array
    {
        return $this->variables;
    }

    public function hasVariables(): bool
    {
        return $this->variables !== [];
    }

    public function isShowBackTrace(): bool
    {
        return $this->showBackTrace;
    }

    public function setBacktrace(array $backtrace): static
    {
        $this->backtrace = $backtrace;

        return $this;
    }

    public function setIncludedFiles(array $includedFiles): static
    {
        $this->includedFiles = $includedFiles;

        return $this;
    }

    public function setMemoryUsage(int $memoryUsage): static
    {
        $this->memoryUsage = $memoryUsage;

        return $this;
    }

    public function setPeakMemoryUsage(int $peakMemoryUsage): static
    {
        $this->peakMemoryUsage = $peakMemoryUsage;

        return $this;
    }

    public function setRequest(array $request): static
    {
        $this->request = $request;

        return $this;
    }

    public function setServer(array $server): static
    {
        $this->server = $server;

        return $this;
    }

    public function setVariables(array $variables): static
    {
        $this->variables = $variables;

        return $this;
    }
}
