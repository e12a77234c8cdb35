<?php

declare(strict_types=1);

namespace Phalcon\Html;

use Phalcon\Html\Escaper\AbstractEscaper;
use Phalcon\Html\Escaper\AttributeEscaper;
use Phalcon\Html\Escaper\CssEscaper;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Escaper\HtmlEscaper;
use Phalcon\Html\Escaper\JsEscaper;
use Phalcon\Html\Escaper\UrlEscaper;

/** Makes text harmless where a document shows it: one escaper for each context, all with the same settings. */
class Escaper implements EscaperInterface
{
    protected $attributeEscaper = null;
    protected $cssEscaper = null;
    protected $htmlEscaper = null;
    protected $jsEscaper = null;
    protected $urlEscaper = null;

    public function __construct(string $encoding = 'utf-8', int $flags = 11, bool $doubleEncode = true)
    {
        $this->attributeEscaper = new AttributeEscaper();
        $this->cssEscaper = new CssEscaper();
        $this->htmlEscaper = new HtmlEscaper();
        $this->jsEscaper = new JsEscaper();
        $this->urlEscaper = new UrlEscaper();
        if ($encoding !== 'utf-8') {
            $this->setEncoding($encoding);
        }
        if ($flags !== 11) {
            $this->setFlags($flags);
        }
        if (!$doubleEncode) {
            $this->setDoubleEncode(false);
        }
    }

    /** A value, or what the elements of an array are as attributes: see AttributeEscaper. */
    public function attributes($input = null): string
    {
        return $this->attributeEscaper->escape($input);
    }

    /** Text for a value of a style sheet. */
    public function css(string $input): string
    {
        return $this->cssEscaper->escape($input);
    }

    final public function detectEncoding(string $input): ?string
    {
        return $this->htmlEscaper->detectEncoding($input);
    }

    public function escapeCss(string $input): string
    {
        return $this->css($input);
    }

    public function escapeHtml(?string $input = null): string
    {
        return $this->html((string) $input);
    }

    public function escapeHtmlAttr(?string $input = null): string
    {
        return $this->attributes((string) $input);
    }

    public function escapeJs(string $input): string
    {
        return $this->js($input);
    }

    public function escapeUrl(string $input): string
    {
        return $this->url($input);
    }

    public function getAttributeEscaper(): AttributeEscaper
    {
        return $this->attributeEscaper;
    }

    public function getCssEscaper(): CssEscaper
    {
        return $this->cssEscaper;
    }

    public function getEncoding(): string
    {
        return $this->htmlEscaper->getEncoding();
    }

    public function getFlags(): int
    {
        return $this->htmlEscaper->getFlags();
    }

    public function getHtmlEscaper(): HtmlEscaper
    {
        return $this->htmlEscaper;
    }

    public function getJsEscaper(): JsEscaper
    {
        return $this->jsEscaper;
    }

    public function getUrlEscaper(): UrlEscaper
    {
        return $this->urlEscaper;
    }

    /** Text between tags. */
    public function html(?string $input = null): string
    {
        return $this->htmlEscaper->escape($input);
    }

    /** Text for a quoted string of a script. */
    public function js(string $input): string
    {
        return $this->jsEscaper->escape($input);
    }

    final public function normalizeEncoding(string $input): string
    {
        return $this->htmlEscaper->normalizeEncoding($input);
    }

    public function setAttributeEscaper(AttributeEscaper $escaper): static
    {
        $this->attributeEscaper = $escaper;

        return $this;
    }

    public function setCssEscaper(CssEscaper $escaper): static
    {
        $this->cssEscaper = $escaper;

        return $this;
    }

    public function setDoubleEncode(bool $doubleEncode): static
    {
        foreach ($this->escapers() as $escaper) {
            $escaper->setDoubleEncode($doubleEncode);
        }

        return $this;
    }

    public function setEncoding(string $encoding): static
    {
        foreach ($this->escapers() as $escaper) {
            $escaper->setEncoding($encoding);
        }

        return $this;
    }

    public function setFlags(int $flags): static
    {
        foreach ($this->escapers() as $escaper) {
            $escaper->setFlags($flags);
        }

        return $this;
    }

    public function setHtmlEscaper(HtmlEscaper $escaper): static
    {
        $this->htmlEscaper = $escaper;

        return $this;
    }

    public function setHtmlQuoteType(int $flags): static
    {
        return $this->setFlags($flags);
    }

    public function setJsEscaper(JsEscaper $escaper): static
    {
        $this->jsEscaper = $escaper;

        return $this;
    }

    public function setUrlEscaper(UrlEscaper $escaper): static
    {
        $this->urlEscaper = $escaper;

        return $this;
    }

    /** Text for one part of a URL. */
    public function url(string $input): string
    {
        return $this->urlEscaper->escape($input);
    }

    /** @return list<AbstractEscaper> */
    private function escapers(): array
    {
        return [
            $this->attributeEscaper,
            $this->cssEscaper,
            $this->htmlEscaper,
            $this->jsEscaper,
            $this->urlEscaper,
        ];
    }
}
