<?php

declare(strict_types=1);

namespace Phalcon\Html;

use Closure;
use Phalcon\Html\Escaper\EscaperInterface;
use Phalcon\Html\Exceptions\ServiceNotRegistered;
use Phalcon\Html\Helper\Anchor;
use Phalcon\Html\Helper\Base;
use Phalcon\Html\Helper\Body;
use Phalcon\Html\Helper\Breadcrumbs;
use Phalcon\Html\Helper\Button;
use Phalcon\Html\Helper\Close;
use Phalcon\Html\Helper\Doctype;
use Phalcon\Html\Helper\Element;
use Phalcon\Html\Helper\Form;
use Phalcon\Html\Helper\FriendlyTitle;
use Phalcon\Html\Helper\Img;
use Phalcon\Html\Helper\Input\Checkbox;
use Phalcon\Html\Helper\Input\CheckboxGroup;
use Phalcon\Html\Helper\Input\Generic;
use Phalcon\Html\Helper\Input\Radio;
use Phalcon\Html\Helper\Input\RadioGroup;
use Phalcon\Html\Helper\Input\Select;
use Phalcon\Html\Helper\Input\Textarea;
use Phalcon\Html\Helper\Label;
use Phalcon\Html\Helper\Link;
use Phalcon\Html\Helper\Meta;
use Phalcon\Html\Helper\Ol;
use Phalcon\Html\Helper\Preload;
use Phalcon\Html\Helper\Script;
use Phalcon\Html\Helper\Style;
use Phalcon\Html\Helper\Tag;
use Phalcon\Html\Helper\Title;
use Phalcon\Html\Helper\Ul;
use Phalcon\Html\Helper\VoidTag;
use Phalcon\Http\ResponseInterface;
use Phalcon\Mvc\Url\UrlInterface;
use WeakReference;

/** Makes helpers by name, each once, and calls them: $tag->a('/', 'home'). */
class TagFactory
{
    /** Helpers that need an escaper and the document's type: class, and what else the constructor gets. */
    private const HELPERS = [
        'a' => [Anchor::class],
        'aRaw' => [Anchor::class, true],
        'base' => [Base::class],
        'body' => [Body::class],
        'button' => [Button::class],
        'buttonRaw' => [Button::class, true],
        'close' => [Close::class],
        'element' => [Element::class],
        'elementRaw' => [Element::class, true],
        'form' => [Form::class],
        'img' => [Img::class],
        'inputCheckbox' => [Checkbox::class],
        'inputCheckboxGroup' => [CheckboxGroup::class],
        'inputColor' => [Generic::class, 'color'],
        'inputDate' => [Generic::class, 'date'],
        'inputDateTime' => [Generic::class, 'datetime'],
        'inputDateTimeLocal' => [Generic::class, 'datetime-local'],
        'inputEmail' => [Generic::class, 'email'],
        'inputFile' => [Generic::class, 'file'],
        'inputHidden' => [Generic::class, 'hidden'],
        'inputImage' => [Generic::class, 'image'],
        'inputInput' => [Generic::class],
        'inputMonth' => [Generic::class, 'month'],
        'inputNumeric' => [Generic::class, 'number'],
        'inputPassword' => [Generic::class, 'password'],
        'inputRadio' => [Radio::class],
        'inputRadioGroup' => [RadioGroup::class],
        'inputRange' => [Generic::class, 'range'],
        'inputSearch' => [Generic::class, 'search'],
        'inputSelect' => [Select::class],
        'inputSubmit' => [Generic::class, 'submit'],
        'inputTel' => [Generic::class, 'tel'],
        'inputText' => [Generic::class, 'text'],
        'inputTextarea' => [Textarea::class],
        'inputTime' => [Generic::class, 'time'],
        'inputUrl' => [Generic::class, 'url'],
        'inputWeek' => [Generic::class, 'week'],
        'label' => [Label::class],
        'labelRaw' => [Label::class, true],
        'link' => [Link::class],
        'meta' => [Meta::class],
        'ol' => [Ol::class],
        'olRaw' => [Ol::class, true],
        'script' => [Script::class],
        'style' => [Style::class],
        'tag' => [Tag::class],
        'title' => [Title::class],
        'ul' => [Ul::class],
        'ulRaw' => [Ul::class, true],
        'voidTag' => [VoidTag::class],
    ];

    private readonly EscaperInterface $escaper;
    private readonly ?ResponseInterface $response;
    private readonly ?UrlInterface $url;

    protected $factories = [];
    protected $instances = [];

    public function __construct(
        EscaperInterface $escaper,
        array $services = [],
        ?ResponseInterface $response = null,
        ?UrlInterface $url = null
    ) {
        $this->escaper = $escaper;
        $this->response = $response;
        $this->url = $url;
        $this->factories = $this->getDefaultServices();
        foreach ($services as $name => $definition) {
            $this->set($name, $definition);
        }
    }

    public function __call(string $name, array $arguments)
    {
        return $this->newInstance($name)->__invoke(...$arguments);
    }

    public function has(string $name): bool
    {
        return isset($this->factories[$name]);
    }

    /** The helper of that name: the same for every call. */
    public function newInstance(string $name): object
    {
        return $this->instances[$name]
            ??= ($this->factories[$name] ?? throw new ServiceNotRegistered($name))();
    }

    /** The closure makes the helper when it is first asked for. */
    public function set(string $name, Closure $definition): void
    {
        $this->factories[$name] = $definition;
        unset($this->instances[$name]);
    }

    /** @return array<string, Closure> */
    protected function getDefaultServices(): array
    {
        [$escaper, $response, $url] = [$this->escaper, $this->response, $this->url];
        $self = WeakReference::create($this); // closures that hold the factory would be garbage to be collected
        $services = [
            'breadcrumbs' => static fn () => new Breadcrumbs($escaper, $url),
            'doctype' => static fn () => new Doctype(),
            'friendlyTitle' => static fn () => new FriendlyTitle($escaper),
            'preload' => static fn () => new Preload($escaper, $response),
        ];
        foreach (self::HELPERS as $name => $helper) {
            $services[$name] = static fn () => new $helper[0](
                $escaper,
                $self->get()?->newInstance('doctype'),
                ...array_slice($helper, 1)
            );
        }

        return $services;
    }
}
