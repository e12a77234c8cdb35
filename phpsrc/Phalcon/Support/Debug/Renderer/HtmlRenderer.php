<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Renderer;

use Phalcon\Contracts\Support\Debug\Renderer;
use Phalcon\Support\Debug\Report\BacktraceItem;
use Phalcon\Support\Debug\Report\ExceptionReport;
use Phalcon\Support\Version;

/** Writes the page that shows an exception. Each piece is a template that can be replaced. */
class HtmlRenderer implements Renderer
{
    protected $templates = [];

    public function getCssSources(string $uri): string
    {
        return $this->fill('cssLink', ['uri' => $uri, 'path' => 'debug.css']);
    }

    public function getJsSources(string $uri): string
    {
        return $this->fill('jsLink', ['uri' => $uri, 'path' => 'debug.js']);
    }

    public function getTemplate(string $name): string
    {
        return $this->templates[$name] ?? $this->defaultTemplate($name);
    }

    public function getVersion(): string
    {
        $version = new Version();
        $branch = $version->getPart(Version::VERSION_MAJOR) . '.' . $version->getPart(Version::VERSION_MEDIUM);

        return $this->fill('version', ['link' => "https://docs.phalcon.io/$branch/", 'version' => $version->get()]);
    }

    public function render(ExceptionReport $report): string
    {
        $class = $this->escapeString($report->getClassName());
        $message = $this->escapeString($report->getMessage());
        $html = $this->fill('document', [
            'className' => $class,
            'escapedMessage' => $message,
            'cssSources' => $this->getCssSources($report->getUri()),
        ]);
        $html .= $this->fill('masthead', ['version' => $this->getVersion()]);
        $html .= $this->fill('errorMain', [
            'className' => $class,
            'escapedMessage' => $message,
            'file' => $this->escapeString($report->getFile()),
            'line' => $report->getLine(),
            'phpVersion' => PHP_VERSION,
        ]);
        if ($report->isShowBackTrace()) {
            $html .= $this->renderDetails($report);
        }

        return $html
            . $this->getTemplate('wrapClose')
            . $this->getJsSources($report->getUri())
            . $this->getTemplate('documentClose');
    }

    public function setTemplate(string $name, string $template): static
    {
        $this->templates[$name] = $template;

        return $this;
    }

    protected function defaultTemplate(string $name): string
    {
        return Templates::DEFAULTS[$name] ?? '';
    }

    protected function escapeString(string $value): string
    {
        return htmlentities(str_replace("\n", '\\n', $value), ENT_COMPAT | ENT_SUBSTITUTE, 'utf-8');
    }

    /** Up to nine elements, three levels deep; of larger arrays how many there are. Null: nothing to show. */
    protected function getArrayDump(array $argument, int $number = 0): ?string
    {
        $count = count($argument);
        if ($number >= 3 || $count === 0) {
            return null;
        }
        if ($count >= 10) {
            return (string) $count;
        }
        $dump = [];
        foreach ($argument as $key => $value) {
            $dump[] = '[' . $this->escapeString((string) $key) . '] =&gt; ' . match (true) {
                $value === '' => '(empty string)',
                is_scalar($value) => $this->escapeString((string) $value),
                is_array($value) => 'Array(' . $this->getArrayDump($value, $number + 1) . ')',
                is_object($value) => 'Object(' . $this->escapeString(get_class($value)) . ')',
                $value === null => 'null',
                default => (string) $value,
            };
        }

        return implode(', ', $dump);
    }

    protected function getVarDump($variable): string
    {
        return match (true) {
            $variable === true => 'true',
            $variable === false => 'false',
            is_string($variable) => $this->escapeString($variable),
            is_scalar($variable) => (string) $variable,
            is_object($variable) && method_exists($variable, 'dump') => 'Object('
                . $this->escapeString(get_class($variable)) . ': ' . $this->getArrayDump($variable->dump()) . ')',
            is_object($variable) => 'Object(' . $this->escapeString(get_class($variable)) . ')',
            is_array($variable) => 'Array(' . $this->getArrayDump($variable) . ')',
            $variable === null => 'null',
            default => gettype($variable),
        };
    }

    /** @param array<string, string|int> $values by the names that stand between percent signs */
    private function fill(string $template, array $values): string
    {
        $replacements = [];
        foreach ($values as $name => $value) {
            $replacements["%$name%"] = (string) $value;
        }

        return strtr($this->getTemplate($template), $replacements);
    }

    private function renderDetails(ExceptionReport $report): string
    {
        return $this->renderTabs($report)
            . $this->renderBacktrace($report->getBacktrace())
            . $this->renderTable('request', 'Key', 'Value', $this->rowsOf($report->getRequest()))
            . $this->renderTable('server', 'Key', 'Value', $this->rowsOf($report->getServer()))
            . $this->renderTable('files', '#', 'Path', array_map($this->escapeString(...), $report->getIncludedFiles()))
            . $this->renderMemory($report)
            . $this->renderVariables($report->getVariables());
    }

    private function renderTabs(ExceptionReport $report): string
    {
        return $this->fill('tabs', [
            'backtraceCount' => count($report->getBacktrace()),
            'requestCount' => count($report->getRequest()),
            'serverCount' => count($report->getServer()),
            'filesCount' => count($report->getIncludedFiles()),
            'variablesTab' => $report->hasVariables()
                ? $this->fill('variablesTab', ['variablesCount' => count($report->getVariables())])
                : '',
        ]);
    }

    private function renderBacktrace(array $backtrace): string
    {
        $html = $this->getTemplate('backtracePanel');
        foreach ($backtrace as $index => $item) {
            $html .= $this->renderFrame($index, $item);
        }

        return $html . $this->getTemplate('panelClose');
    }

    /** @return array<string, string> */
    private function rowsOf(array $source): array
    {
        return array_map($this->getVarDump(...), $source);
    }

    /** @param array<int|string, string> $rows values, which are HTML, by what stands before them */
    private function renderTable(string $id, string $headerOne, string $headerTwo, array $rows): string
    {
        $html = $this->fill('panelOpen', ['id' => $id])
            . $this->fill('tableOpen', ['headerOne' => $headerOne, 'headerTwo' => $headerTwo]);
        foreach ($rows as $key => $value) {
            $html .= $this->fill('gridRow', ['key' => $this->escapeString((string) $key), 'value' => $value]);
        }

        return $html . $this->getTemplate('tableClose') . $this->getTemplate('panelClose');
    }

    private function renderMemory(ExceptionReport $report): string
    {
        return $this->fill('panelOpen', ['id' => 'memory'])
            . $this->fill('memory', [
                'memory' => number_format($report->getMemoryUsage() / 1048576, 1),
                'peak' => number_format($report->getPeakMemoryUsage() / 1048576, 1),
            ])
            . $this->getTemplate('panelClose');
    }

    private function renderFrame(int $index, BacktraceItem $item): string
    {
        $file = $item->getFile();
        $isApp = $file !== null && !str_contains($file, '/vendor/');
        $html = $this->fill('frameOpen', [
            'appClass' => $isApp ? 'app' : 'vendor',
            'open' => $index === 0 ? ' open' : '',
            'num' => $index,
            'signature' => $this->renderSignature($item),
            'appTag' => $isApp ? $this->getTemplate('appTag') : '',
        ]);
        if ($file !== null) {
            $html .= $this->fill('frameFile', [
                'file' => htmlspecialchars($file, ENT_QUOTES | ENT_SUBSTITUTE, 'utf-8'),
                'line' => (string) $item->getLine(),
            ]);
            $html .= $item->getFragment() === null ? '' : $this->renderFragment($item->getFragment());
        }

        return $html . $this->getTemplate('frameClose');
    }

    private function renderSignature(BacktraceItem $item): string
    {
        $html = $item->getClassName() === null ? '' : "<span class='cls'>"
            . $this->linked($item->getClassName(), $item->getClassLink())
            . "</span><span class='op'>" . $item->getType() . '</span>';
        $html .= "<span class='fn'>" . $this->linked($item->getFunctionName(), $item->getFunctionLink()) . '</span>';

        return !$item->hasArgs() ? $html : "$html<span class='op'>(</span>"
            . implode(', ', array_map($this->getVarDump(...), $item->getArgs()))
            . "<span class='op'>)</span>";
    }

    private function linked(string $name, ?string $url): string
    {
        $name = $this->escapeString($name);

        return $url === null ? $name : $this->fill('link', ['url' => $url, 'name' => $name]);
    }

    /** @param array{firstLine: int, line: int, lastLine: int, lines: list<string>} $fragment */
    private function renderFragment(array $fragment): string
    {
        $html = $this->getTemplate('codeOpen');
        for ($number = $fragment['firstLine']; $number <= $fragment['lastLine']; $number++) {
            $source = rtrim($fragment['lines'][$number - 1] ?? '', "\r\n");
            $html .= $this->fill('codeRow', [
                'hlClass' => $number === $fragment['line'] ? " class='hl'" : '',
                'num' => $number,
                'src' => htmlentities(str_replace("\t", '  ', $source), ENT_COMPAT | ENT_SUBSTITUTE, 'UTF-8'),
            ]);
        }

        return $html . $this->getTemplate('codeClose');
    }

    /** @param array<array{mixed, array<mixed>, int}> $variables */
    private function renderVariables(array $variables): string
    {
        return $variables === []
            ? ''
            : $this->renderTable('variables', 'Key', 'Value', $this->rowsOf(array_column($variables, 0)));
    }
}
