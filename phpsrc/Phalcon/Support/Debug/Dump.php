<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug;

use Phalcon\Contracts\Support\Debug\TemplateAware;
use Phalcon\Di\DiInterface;
use Phalcon\Support\Helper\Json\Encode;
use Reflection;
use ReflectionClass;
use stdClass;

/** Writes variables as HTML, to be looked at. Each piece is a template that can be replaced. */
class Dump implements TemplateAware
{
    private const INDENT = '  ';

    private const STYLES = [
        'pre' => 'background-color:#f3f3f3; font-size:11px; padding:10px; '
            . 'border:1px solid #ccc; text-align:left; color:#333',
        'arr' => 'color:red',
        'bool' => 'color:green',
        'float' => 'color:fuchsia',
        'int' => 'color:blue',
        'null' => 'color:black',
        'num' => 'color:navy',
        'obj' => 'color:purple',
        'other' => 'color:maroon',
        'res' => 'color:lime',
        'str' => 'color:teal',
    ];

    private const TEMPLATES = [
        'pre' => '<pre style="%style%">%output%</pre>',
        'bold' => '<b style="%style%">%text%</b>',
        'varParens' => '(<span style="%style%">%var%</span>)',
        'lengthValue' => '(<span style="%style%">%length%</span>) "<span style="%style%">%var%</span>"',
        'arrayHeader' => '<b style="%style%">Array</b> (<span style="%style%">%count%</span>) (' . "\n",
        'arrayKey' => '[<span style="%style%">%key%</span>] => ',
        'objectHeader' => '<b style="%style%">Object</b> %class%',
        'objectExtends' => ' <b style="%style%">extends</b> %parent%',
        'objectProperty' => '-><span style="%style%">%key%</span> (<span style="%style%">%type%</span>) = ',
        'objectMethods' => '%class% <b style="%style%">methods</b>: (<span style="%style%">%count%</span>) (' . "\n",
        'objectMethod' => '-><span style="%style%">%method%</span>();' . "\n",
        'objectMethodConstructor' => '-><span style="%style%">%method%</span>(); '
            . '[<b style="%style%">constructor</b>]' . "\n",
    ];

    protected $detailed = false;
    protected $methods = [];
    protected $styles = [];
    protected $templates = [];

    public function __construct(array $styles = [], bool $detailed = false)
    {
        $this->setStyles($styles);
        $this->detailed = $detailed;
    }

    /** The same as variables(). */
    public function all(): string
    {
        return $this->variables(...func_get_args());
    }

    public function getDetailed(): bool
    {
        return $this->detailed;
    }

    public function getTemplate(string $name): string
    {
        return $this->templates[$name] ?? $this->defaultTemplate($name);
    }

    /** The same as variable(). */
    public function one($variable, ?string $name = null): string
    {
        return $this->variable($variable, $name);
    }

    /** Whether an object's protected and private properties are written as well. */
    public function setDetailed(bool $flag): void
    {
        $this->detailed = $flag;
    }

    /** Styles by kind: pre, arr, bool, float, int, null, num, obj, other, res, str. */
    public function setStyles(array $styles = []): array
    {
        $this->styles = array_merge(self::STYLES, $styles);

        return $this->styles;
    }

    public function setTemplate(string $name, string $template): static
    {
        $this->templates[$name] = $template;

        return $this;
    }

    public function toJson($variable): string
    {
        return new Encode()(
            $variable,
            JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR
        );
    }

    public function variable($variable, ?string $name = null): string
    {
        return strtr($this->getTemplate('pre'), [
            '%style%' => $this->getStyle('pre'),
            '%output%' => $this->output($variable, $name),
        ]);
    }

    /** Each argument in turn. */
    public function variables(): string
    {
        $output = '';
        foreach (func_get_args() as $index => $variable) {
            $output .= $this->one($variable, "var $index");
        }

        return $output;
    }

    protected function defaultTemplate(string $name): string
    {
        return self::TEMPLATES[$name] ?? '';
    }

    protected function getStyle(string $type): string
    {
        return $this->styles[$type] ?? 'color:gray';
    }

    protected function output($variable, ?string $name = null, int $tab = 1): string
    {
        $name = (string) $name;
        $output = $name ? "$name " : '';

        return $output . match (true) {
            is_array($variable) => $this->outputArray($variable, $name, $tab),
            is_object($variable) => $this->outputObject($variable, $tab),
            is_int($variable) => $this->outputScalar('Integer', 'int', $variable),
            is_float($variable) => $this->outputScalar('Float', 'float', $variable),
            is_numeric($variable) => $this->outputText('Numeric String', 'num', $variable),
            is_string($variable) => $this->outputText('String', 'str', $variable),
            is_bool($variable) => $this->outputScalar('Boolean', 'bool', $variable ? 'TRUE' : 'FALSE'),
            $variable === null => $this->fill('bold', 'null', ['text' => 'NULL']),
            default => $this->fill('varParens', 'other', ['var' => (string) $variable]),
        };
    }

    private function outputArray(array $array, string $name, int $tab): string
    {
        $output = $this->fill('arrayHeader', 'arr', ['count' => count($array)]);
        foreach ($array as $key => $value) {
            $output .= str_repeat(self::INDENT, $tab)
                . $this->fill('arrayKey', 'arr', ['key' => self::escape((string) $key)]);
            // An array of variables that holds itself under its own name, as $GLOBALS did.
            if ($tab === 1 && $name !== '' && $name === $key) {
                continue;
            }
            $output .= $this->output($value, '', $tab + 1) . "\n";
        }

        return $output . str_repeat(self::INDENT, $tab - 1) . ')';
    }

    private function outputObject(object $object, int $tab): string
    {
        $parent = get_parent_class($object);
        $output = $this->fill('objectHeader', 'obj', ['class' => self::escape(get_class($object))]);
        if ($parent !== false) {
            $output .= $this->fill('objectExtends', 'obj', ['parent' => self::escape($parent)]);
        }
        $output .= " (\n";
        if ($object instanceof DiInterface) {
            $output .= str_repeat(self::INDENT, $tab) . "[skipped]\n";
        } else {
            foreach ($this->propertiesOf($object) as [$key, $type, $value]) {
                $output .= str_repeat(self::INDENT, $tab)
                    . $this->fill('objectProperty', 'obj', ['key' => self::escape($key), 'type' => $type])
                    . $this->output($value, '', $tab + 1) . "\n";
            }
        }

        return $output . $this->outputMethods($object, $tab) . str_repeat(self::INDENT, $tab - 1) . ')';
    }

    /** @return iterable<array{string, string, mixed}> names, modifiers, values */
    private function propertiesOf(object $object): iterable
    {
        if (!$this->detailed || $object instanceof stdClass) {
            foreach (get_object_vars($object) as $key => $value) {
                yield [(string) $key, 'public', $value];
            }

            return;
        }
        foreach (new ReflectionClass($object)->getProperties() as $property) {
            yield [
                $property->getName(),
                implode(' ', Reflection::getModifierNames($property->getModifiers())),
                $property->isInitialized($object) ? $property->getValue($object) : null,
            ];
        }
    }

    private function outputMethods(object $object, int $tab): string
    {
        $class = get_class($object);
        $methods = get_class_methods($object);
        $output = str_repeat(self::INDENT, $tab)
            . $this->fill('objectMethods', 'obj', ['class' => self::escape($class), 'count' => count($methods)]);
        if (in_array($class, $this->methods, true)) {
            return $output . str_repeat(self::INDENT, $tab) . "[already listed]\n";
        }
        foreach ($methods as $method) {
            $this->methods[] = $class;
            $template = $method === '__construct' ? 'objectMethodConstructor' : 'objectMethod';
            $output .= str_repeat(self::INDENT, $tab + 1) . $this->fill($template, 'obj', ['method' => $method]);
        }

        return $output . str_repeat(self::INDENT, $tab) . ")\n";
    }

    private function outputScalar(string $type, string $style, int|float|string $value): string
    {
        return strtr($this->getTemplate('bold') . ' ' . $this->getTemplate('varParens'), [
            '%style%' => $this->getStyle($style),
            '%text%' => $type,
            '%var%' => (string) $value,
        ]);
    }

    private function outputText(string $type, string $style, string $value): string
    {
        return strtr($this->getTemplate('bold') . ' ' . $this->getTemplate('lengthValue'), [
            '%style%' => $this->getStyle($style),
            '%text%' => $type,
            '%length%' => (string) mb_strlen($value),
            '%var%' => nl2br(htmlentities($value, ENT_IGNORE, 'utf-8')),
        ]);
    }

    /** @param array<string, string|int> $values by the names that stand between percent signs */
    private function fill(string $template, string $style, array $values): string
    {
        $replacements = ['%style%' => $this->getStyle($style)];
        foreach ($values as $name => $value) {
            $replacements["%$name%"] = (string) $value;
        }

        return strtr($this->getTemplate($template), $replacements);
    }

    private static function escape(string $name): string
    {
        return htmlspecialchars($name, ENT_QUOTES | ENT_SUBSTITUTE, 'utf-8');
    }
}
