<?php

declare(strict_types=1);

namespace Phalcon\Mvc;

/** A view with levels: the action's own, layouts around it, and the main view. */
interface ViewInterface extends ViewBaseInterface
{
    public function cleanTemplateAfter();

    public function cleanTemplateBefore();

    public function disable();

    public function enable();

    public function finish();

    public function getActionName(): string;

    public function getActiveRenderPath(): array|string;

    public function getBasePath(): string;

    public function getControllerName(): string;

    public function getLayout(): ?string;

    public function getLayoutsDir(): string;

    public function getMainView(): string;

    public function getPartialsDir(): string;

    public function isDisabled(): bool;

    public function pick(string $renderView);

    public function registerEngines(array $engines);

    public function render(string $controllerName, string $actionName, array $params = []): ViewInterface|bool;

    public function reset();

    public function setBasePath(string $basePath);

    public function setLayout(string $layout);

    public function setLayoutsDir(string $layoutsDir);

    public function setMainView(string $viewPath);

    public function setPartialsDir(string $partialsDir);

    public function setRenderLevel(int $level): ViewInterface;

    public function setTemplateAfter($templateAfter);

    public function setTemplateBefore($templateBefore);

    public function start();
}
