<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Html\Helper;

use Phalcon\Html\Escaper\Attribute;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Mvc\Url\UrlInterface;
use Phalcon\Support\Helper\Str\Interpolate;

/** A trail of links to where the visitor is, made of templates. Texts and attributes are escaped; icons are HTML. */
class Breadcrumbs extends AbstractHelper
{
    /** @var array<string, mixed> of the element around the trail */
    private array $attributes = [];

    /** @var array<int, array{attributes: array, icon: string, link: string, text: string}> */
    private array $data = [];
    private readonly Interpolate $interpolator;
    private string $prefix = '';
    private string $separator = '<li>/</li>';
    private array $template = [
        'main' => "\n<nav%attributes%>\n    <ol>\n%items%\n    </ol>\n</nav>",
        'line' => '<li%attributes%><a href="%link%">%icon%%text%</a></li>',
        'last' => '<li><span%attributes%>%text%</span></li>',
    ];

    private ?UrlInterface $url;

    public function __construct(EscaperInterface $escaper, ?UrlInterface $url = null)
    {
        parent::__construct($escaper);
        $this->interpolator = new Interpolate();
        $this->url = $url;
    }

    public function __invoke(string $indent = '    ', ?string $delimiter = null): static
    {
        $this->delimiter = $delimiter ?? PHP_EOL;
        $this->indent = $indent;

        return $this;
    }

    public function add(string $text, string $link = '', string $icon = '', array $attributes = []): static
    {
        $this->data[count($this->data) + 1] = [
            'attributes' => $attributes,
            'icon' => $icon,
            'link' => $link,
            'text' => $text,
        ];

        return $this;
    }

    public function clear(): void
    {
        $this->data = [];
    }

    public function clearAttributes(): static
    {
        $this->attributes = [];

        return $this;
    }

    public function getAttributes(): array
    {
        return $this->attributes;
    }

    public function getPrefix(): string
    {
        return $this->prefix;
    }

    public function getSeparator(): string
    {
        return $this->separator;
    }

    public function getTemplate(): array
    {
        return $this->template;
    }

    public function remove(int $index): void
    {
        unset($this->data[$index]);
    }

    public function render(): string
    {
        if ($this->data === []) {
            return '';
        }
        $last = array_key_last($this->data);
        $items = [];
        foreach ($this->data as $index => $element) {
            $items[] = $this->renderItem($this->template[$index === $last ? 'last' : 'line'], $element);
        }

        return ($this->interpolator)($this->template['main'], [
            'attributes' => $this->attributesOf($this->attributes),
            'delimiter' => $this->delimiter,
            'indent' => $this->indent,
            'items' => implode($this->indent . $this->separator . $this->delimiter, $items),
        ]);
    }

    public function setAttributes(array $attributes): static
    {
        $this->attributes = $attributes;

        return $this;
    }

    /** What stands before each link, instead of what the URL service makes of it. */
    public function setPrefix(string $prefix): static
    {
        $this->prefix = $prefix;
        $this->url = null;

        return $this;
    }

    public function setSeparator(string $separator): static
    {
        $this->separator = $separator;

        return $this;
    }

    public function setTemplate(string $main, string $line, string $last): static
    {
        $this->template = ['main' => $main, 'line' => $line, 'last' => $last];

        return $this;
    }

    public function toArray(): array
    {
        return $this->data;
    }

    private function attributesOf(array $attributes): string
    {
        return rtrim(' ' . $this->renderAttributes($attributes));
    }

    /** @param array{attributes: array, icon: string, link: string, text: string} $element */
    private function renderItem(string $template, array $element): string
    {
        $link = $element['link'];
        if ($link) {
            $link = $this->url === null ? $this->prefix . $link : $this->url->get($link);
        }

        return $this->indent
            . ($this->interpolator)($template, [
                'attributes' => $this->attributesOf($element['attributes']),
                'icon' => $element['icon'],
                'text' => $this->escaper->html($element['text']),
                'link' => Attribute::url($link),
            ])
            . $this->delimiter;
    }
}
