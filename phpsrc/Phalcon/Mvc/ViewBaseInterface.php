<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

/** What views have in common: variables, partials and the content. */
interface ViewBaseInterface
{
    public function getContent(): string;

    public function getParamsToView(): array;

    public function getViewsDir(): array|string;

    public function partial(string $partialPath, $params = null);

    public function setContent(string $content);

    public function setParamToView(string $key, $value);

    public function setVar(string $key, $value);

    public function setViewsDir(string $viewsDir);
}
