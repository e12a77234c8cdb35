<?php

declare(strict_types=1);

namespace Phalcon\Http\Request;

/** What can be asked of, and done with, a file that came with the request. */
interface FileInterface
{
    public function getError(): int;

    public function getName(): string;

    public function getRealType(): string;

    public function getSize(): int;

    public function getTempName(): string;

    public function getType(): string;

    public function moveTo(string $destination): bool;
}
