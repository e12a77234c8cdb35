<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Support\Debug;

/** A renderer whose template can be changed. */
interface TemplateAware
{
    public function getTemplate(string $name): string;

    public function setTemplate(string $name, string $template): static;
}
