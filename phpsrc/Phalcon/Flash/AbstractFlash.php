<?php

// No strict types: what the application gives as values is converted, as by the extension.

namespace Phalcon\Flash;

use Phalcon\Di\AbstractInjectionAware;
use Phalcon\Flash\Exceptions\EscaperServiceUnavailable;
use Phalcon\Flash\Exceptions\FlashMessageNotStringOrArray;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Session\ManagerInterface;
use Phalcon\Support\Helper\Str\Interpolate;

/**
 * Makes HTML of messages: escaped unless autoescape is off, in an element unless automaticHtml is off. With
 * implicitFlush they are printed at once, else they are answered and kept for output().
 */
abstract class AbstractFlash extends AbstractInjectionAware implements FlashInterface
{
    protected $autoescape = true;
    protected $automaticHtml = true;
    protected $cssClasses = [];
    protected $cssIconClasses = [];
    protected $customTemplate = '';
    protected $escaperService = null;
    protected $implicitFlush = true;
    protected $interpolator = null;
    protected $messages = [];
    protected $sessionService = null;

    public function __construct(?EscaperInterface $escaper = null, ?ManagerInterface $session = null)
    {
        $this->escaperService = $escaper;
        $this->sessionService = $session;
        $this->interpolator = new Interpolate();
        $this->cssClasses = [
            'error' => 'errorMessage',
            'notice' => 'noticeMessage',
            'success' => 'successMessage',
            'warning' => 'warningMessage',
        ];
    }

    /** Drops the messages that wait. */
    public function clear(): void
    {
        $this->messages = [];
    }

    public function error(string $message): ?string
    {
        return $this->message('error', $message);
    }

    public function getAutoescape(): bool
    {
        return $this->autoescape;
    }

    public function getAutomaticHtml(): bool
    {
        return $this->automaticHtml;
    }

    public function getCssClasses(): array
    {
        return $this->cssClasses;
    }

    public function getCssIconClasses(): array
    {
        return $this->cssIconClasses;
    }

    public function getCustomTemplate(): string
    {
        return $this->customTemplate;
    }

    /** The escaper that was given, or the container's; the latter is kept. */
    public function getEscaperService(): EscaperInterface
    {
        if ($this->escaperService === null) {
            if ($this->container?->has('escaper') !== true) {
                throw new EscaperServiceUnavailable();
            }
            $this->escaperService = $this->container->getShared('escaper');
        }

        return $this->escaperService;
    }

    abstract public function message(string $type, $message): ?string;

    public function notice(string $message): ?string
    {
        return $this->message('notice', $message);
    }

    public function setAutoescape(bool $autoescape): static
    {
        $this->autoescape = $autoescape;

        return $this;
    }

    public function setAutomaticHtml(bool $automaticHtml): static
    {
        $this->automaticHtml = $automaticHtml;

        return $this;
    }

    public function setCssClasses(array $cssClasses): static
    {
        $this->cssClasses = $cssClasses;

        return $this;
    }

    public function setCssIconClasses(array $cssIconClasses): static
    {
        $this->cssIconClasses = $cssIconClasses;

        return $this;
    }

    /** With %cssClass%, %cssIconClass% and %message% where these belong; "" for the usual one. */
    public function setCustomTemplate(string $customTemplate): static
    {
        $this->customTemplate = $customTemplate;

        return $this;
    }

    public function setEscaperService(EscaperInterface $escaperService): static
    {
        $this->escaperService = $escaperService;

        return $this;
    }

    public function setImplicitFlush(bool $implicitFlush): static
    {
        $this->implicitFlush = $implicitFlush;

        return $this;
    }

    public function success(string $message): ?string
    {
        return $this->message('success', $message);
    }

    /** A message, or several in an array, of one type. */
    public function outputMessage(string $type, $message): ?string
    {
        if (!is_array($message) && !is_string($message)) {
            throw new FlashMessageNotStringOrArray();
        }
        $content = '';
        foreach ((array) $message as $item) {
            $html = $this->render($type, $this->autoescape ? $this->getEscaperService()->html($item) : $item);
            if ($this->implicitFlush) {
                echo $html;
            } else {
                $content .= $html;
                $this->messages[] = $html;
            }
        }

        return $content;
    }

    public function warning(string $message): ?string
    {
        return $this->message('warning', $message);
    }

    private function render(string $type, string $message): string
    {
        if (!$this->automaticHtml) {
            return $message;
        }
        $classes = self::classes($this->cssClasses, $type);
        $iconClasses = self::classes($this->cssIconClasses, $type);

        return ($this->interpolator)($this->template($classes, $iconClasses), [
            'cssClass' => $classes,
            'cssIconClass' => $iconClasses,
            'message' => $message,
        ]);
    }

    private function template(string $classes, string $iconClasses): string
    {
        if ($this->customTemplate) {
            return $this->customTemplate;
        }
        $class = $classes ? ' class="%cssClass%"' : '';
        $icon = $classes && $iconClasses ? '<i class="%cssIconClass%"></i> ' : '';

        return "<div$class>$icon%message%</div>" . PHP_EOL;
    }

    private static function classes(array $byType, string $type): string
    {
        return implode(' ', (array) ($byType[$type] ?? ''));
    }
}
