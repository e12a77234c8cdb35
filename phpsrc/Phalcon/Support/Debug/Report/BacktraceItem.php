<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Report;

/** One call of a backtrace, and a piece of the file it is in. */
final class BacktraceItem
{
    protected $args = [];
    protected $classLink = null;
    protected $className = null;
    protected $file = null;
    protected $fragment = null;
    protected $functionLink = null;
    protected $functionName = null;
    protected $hasArgs = false;
    protected $line = null;
    protected $type = null;

    public function __construct(
        string $functionName,
        $type = null,
        $className = null,
        $classLink = null,
        $functionLink = null,
        bool $hasArgs = false,
        array $args = [],
        $file = null,
        $line = null,
        $fragment = null
    ) {
        $this->functionName = $functionName;
        $this->type = $type;
        $this->className = $className;
        $this->classLink = $classLink;
        $this->functionLink = $functionLink;
        $this->hasArgs = $hasArgs;
        $this->args = $args;
        $this->file = $file;
        $this->line = $line;
        $this->fragment = $fragment;
    }

    public function getArgs(): array
    {
        return $this->args;
    }

    public function getClassLink(): ?string
    {
        return $this->classLink;
    }

    public function getClassName(): ?string
    {
        return $this->className;
    }

    public function getFile(): ?string
    {
        return $this->file;
    }

    public function getFragment(): ?array
    {
        return $this->fragment;
    }

    public function getFunctionLink(): ?string
    {
        return $this->functionLink;
    }

    public function getFunctionName(): string
    {
        return $this->functionName;
    }

    public function getLine(): ?int
    {
        return $this->line;
    }

    public function getType(): ?string
    {
        return $this->type;
    }

    public function hasArgs(): bool
    {
        return $this->hasArgs;
    }
}
