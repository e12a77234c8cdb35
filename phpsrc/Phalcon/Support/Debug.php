<?php

declare(strict_types=1);

namespace Phalcon\Support;

use Phalcon\Contracts\Support\Debug\Renderer;
use Phalcon\Support\Debug\Exceptions\RequestHalted;
use Phalcon\Support\Debug\Exceptions\RuntimeWarning;
use Phalcon\Support\Debug\Renderer\HtmlRenderer;
use Phalcon\Support\Debug\ReportBuilder;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;
use Throwable;

/**
 * Shows exceptions that nothing caught as a page, with the backtrace, the files and the request. For development: it
 * tells visitors what an application keeps to itself.
 */
class Debug
{
    use GetTrait;

    protected $blacklist = ['request' => [], 'server' => []];
    protected $data = [];
    protected $hideDocumentRoot = false;
    protected static $isActive = false;
    protected $renderer = null;
    protected $reportBuilder = null;
    protected $showBackTrace = true;
    protected $showFileFragment = false;
    protected $showFiles = true;
    protected $uri = 'https://assets.phalcon.io/debug/5.0.x/';

    public function __construct()
    {
        $this->renderer = new HtmlRenderer();
        $this->reportBuilder = new ReportBuilder();
    }

    /** Drops what debugVar() has kept. */
    public function clearVars(): static
    {
        $this->data = [];

        return $this;
    }

    /** Keeps a value for the page. */
    public function debugVar($varz): static
    {
        $this->data[] = [$varz, debug_backtrace(), time()];

        return $this;
    }

    public function getCssSources(): string
    {
        return $this->renderer->getCssSources($this->uri);
    }

    public function getJsSources(): string
    {
        return $this->renderer->getJsSources($this->uri);
    }

    public function getRenderer(): Renderer
    {
        return $this->renderer;
    }

    public function getVersion(): string
    {
        return $this->renderer->getVersion();
    }

    /** Ends the request with the page. Throws RequestHalted. */
    public function halt(): void
    {
        throw new RequestHalted();
    }

    /** Listens for exceptions that nothing catches, and for warnings and notices. */
    public function listen(bool $exceptions = true, bool $lowSeverity = false): static
    {
        if ($exceptions) {
            $this->listenExceptions();
        }
        if ($lowSeverity) {
            $this->listenLowSeverity();
        }

        return $this;
    }

    public function listenExceptions(): static
    {
        set_exception_handler([$this, 'onUncaughtException']);

        return $this;
    }

    /** Makes exceptions of warnings and notices as well. */
    public function listenLowSeverity(): static
    {
        set_error_handler([$this, 'onUncaughtLowSeverity']);
        set_exception_handler([$this, 'onUncaughtException']);

        return $this;
    }

    /** Prints the page; only the message, and false, when the page itself fails. */
    public function onUncaughtException(Throwable $exception): bool
    {
        if (ob_get_level() > 0) {
            ob_end_clean();
        }
        if (self::$isActive) {
            echo $exception->getMessage();

            return false;
        }
        self::$isActive = true;
        try {
            echo $this->renderHtml($exception);
        } finally {
            self::$isActive = false;
        }

        return true;
    }

    public function onUncaughtLowSeverity($severity, $message, $file, $line): void
    {
        if (error_reporting() & $severity) {
            throw new RuntimeWarning($message, 0, $severity, $file, $line);
        }
    }

    public function renderHtml(Throwable $exception): string
    {
        return $this->renderer->render($this->reportBuilder->build(
            $exception,
            $this->blacklist,
            $this->showBackTrace,
            $this->showFiles,
            $this->showFileFragment,
            $this->uri,
            $this->data
        ));
    }

    /** Names of $_REQUEST, as "request", and of $_SERVER, as "server", that the page does not show. */
    public function setBlacklist(array $blacklist): static
    {
        foreach (['request', 'server'] as $area) {
            $names = array_map(mb_strtolower(...), array_values($this->getArrVal($blacklist, $area, [])));
            $this->blacklist[$area] = array_fill_keys($names, 1);
        }

        return $this;
    }

    public function setRenderer(Renderer $renderer): static
    {
        $this->renderer = $renderer;

        return $this;
    }

    public function setShowBackTrace(bool $showBackTrace): static
    {
        $this->showBackTrace = $showBackTrace;

        return $this;
    }

    /** Whether it shows only some lines around the call. */
    public function setShowFileFragment(bool $showFileFragment): static
    {
        $this->showFileFragment = $showFileFragment;

        return $this;
    }

    /** Whether the page shows the source of the files. */
    public function setShowFiles(bool $showFiles): static
    {
        $this->showFiles = $showFiles;

        return $this;
    }

    public function setUri(string $uri): static
    {
        $this->uri = $uri;

        return $this;
    }
}
