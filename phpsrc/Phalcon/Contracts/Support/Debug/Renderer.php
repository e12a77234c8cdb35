<?php

declare(strict_types=1);

namespace Phalcon\Contracts\Support\Debug;

use Phalcon\Support\Debug\Report\ExceptionReport;

/** Writes the page that shows an exception. */
interface Renderer extends TemplateAware
{
    public function getCssSources(string $uri): string;

    public function getJsSources(string $uri): string;

    public function getVersion(): string;

    public function render(ExceptionReport $report): string;
}
