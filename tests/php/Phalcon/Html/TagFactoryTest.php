<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Html;

use Closure;
use Phalcon\Html\Attributes;
use Phalcon\Html\Breadcrumbs;
use Phalcon\Html\Escaper;
use Phalcon\Html\Helper\Input\Select\ArrayData;
use Phalcon\Html\Link\EvolvableLink;
use Phalcon\Html\TagFactory;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What a browser's parser sees of the helpers' elements when texts, values and names are hostile. */
final class TagFactoryTest extends TestCase
{
    /** @param Closure(TagFactory, string): mixed $make */
    #[DataProvider('helpers')]
    public function testHostileTextsAndValues(string $shape, Closure $make): void
    {
        foreach (Corpus::attacks() as $text) {
            $html = (string) $make(new TagFactory(new Escaper()), $text);
            self::assertSame($shape, (new Page($html))->shape(), $html);
        }
    }

    /** @return array<string, array{string, Closure(TagFactory, string): mixed}> */
    public static function helpers(): array
    {
        return [
            'a' => ['a[href title]', static fn ($tag, $x) => $tag->a($x, $x, ['title' => $x])],
            'base' => ['base[href]', static fn ($tag, $x) => $tag->base("/$x", ['href' => $x])],
            'body' => ['body[class] p[]', static fn ($tag, $x) => $tag->body(['class' => $x]) . '<p>x</p>'],
            'breadcrumbs' => ['nav[class] ol[] li[class] a[href] li[] li[] span[]', static fn ($tag, $x) => $tag->breadcrumbs()
                ->setAttributes(['class' => $x])
                ->add($x, "/$x", '', ['class' => $x])
                ->add($x)
                ->render()],
            'breadcrumbs with a prefix' => ['nav[] ol[] li[] a[href] li[] li[] span[]', static fn ($tag, $x) => $tag->breadcrumbs()
                ->setPrefix('/shop')
                ->add($x, "/$x")
                ->add($x)
                ->render()],
            'button' => ['button[class]', static fn ($tag, $x) => $tag->button($x, ['class' => $x])],
            'element' => ['h1[class]', static fn ($tag, $x) => $tag->element('h1', $x, ['class' => $x])],
            'form' => ['form[action method enctype]', static fn ($tag, $x) => $tag->form(['action' => $x])],
            'img' => ['img[src alt]', static fn ($tag, $x) => $tag->img($x, ['alt' => $x])],
            'inputCheckbox' => ['label[for] input[type id name value]', static fn ($tag, $x) => $tag
                ->inputCheckbox("f$x", $x, ['id' => $x])
                ->label(['text' => ''])],
            'inputCheckboxGroup' => ['input[type id name value] label[for]', static fn ($tag, $x) => $tag
                ->inputCheckboxGroup("{$x}[]", [$x => $x])],
            'inputRadioGroup' => ['input[type id name value class] label[for]', static fn ($tag, $x) => $tag
                ->inputRadioGroup($x, ["a$x" => ['label' => $x, 'class' => $x]])],
            'inputText' => ['input[type id name value]', static fn ($tag, $x) => $tag->inputText("n$x", $x, ['id' => $x])],
            'inputSelect' => ['select[name] optgroup[label] option[value] option[value]', static fn ($tag, $x) => $tag
                ->inputSelect('    ', null, ['name' => $x])
                ->optGroup($x)
                ->add($x, "v$x")
                ->optGroup()
                ->fromData(new ArrayData(["w$x" => $x]))],
            'inputTextarea' => ['textarea[id name]', static fn ($tag, $x) => $tag->inputTextarea("n$x", $x, ['id' => $x])],
            'label' => ['label[for]', static fn ($tag, $x) => $tag->label($x, ['for' => $x])],
            'link' => ['link[href title]', static fn ($tag, $x) => $tag->link()->add($x, ['title' => $x])],
            'meta' => ['meta[name content] meta[content property] meta[http-equiv content]', static fn ($tag, $x) => $tag
                ->meta()
                ->addName($x, $x)
                ->add(['content' => $x, 'property' => $x])
                ->addHttp($x, $x)],
            'ol' => ['ol[class] li[title] li[]', static fn ($tag, $x) => $tag
                ->ol('', '', ['class' => $x])
                ->add($x, ['title' => $x])
                ->add($x)],
            'preload' => ['link[rel href as title]', static fn ($tag, $x) => $tag->preload($x, $x, ['title' => $x])],
            'script' => ['script[type src]', static fn ($tag, $x) => $tag->script()->add($x)],
            'style' => ['link[rel type href media]', static fn ($tag, $x) => $tag->style()->add($x)],
            'tag' => ['p[class]', static fn ($tag, $x) => $tag->tag('p', ['class' => $x])],
            'title' => ['title[]', static fn ($tag, $x) => $tag->title()
                ->set($x)->append($x)->prepend($x)->setSeparator($x)],
            'ul' => ['ul[] li[]', static fn ($tag, $x) => $tag->ul()->add($x)],
            'voidTag' => ['br[class]', static fn ($tag, $x) => $tag->voidTag('br', ['class' => $x])],
            'Attributes' => ['p[class]', static fn ($tag, $x) => '<p ' . new Attributes(['class' => $x]) . '>'],
            'Breadcrumbs' => ['dl[] dt[] a[href] dt[] dt[]', static fn ($tag, $x) => self::trail($x)->render()],
        ];
    }

    /** @param Closure(array<mixed>): string $make */
    #[DataProvider('namers')]
    public function testHostileNamesOfAttributesMakeOneAttributeOrNone(Closure $make): void
    {
        foreach (Corpus::attacks() as $text) {
            foreach (['v', true, 1] as $value) {
                $html = $make(['id' => 'a', $text => $value]);
                self::assertMatchesRegularExpression(
                    '/^p\[id( [^ \t\n\f"\'<>\/=]+)?\]$/',
                    (new Page($html))->shape(),
                    $html
                );
            }
        }
    }

    /** @return array<string, array{Closure(array<mixed>): string}> */
    public static function namers(): array
    {
        return [
            'a tag' => [static fn ($attributes) => (new TagFactory(new Escaper()))->tag('p', $attributes)],
            'an element' => [static fn ($attributes) => (new TagFactory(new Escaper()))->element('p', 'x', $attributes)],
            'a collection' => [static fn ($attributes) => '<p ' . new Attributes($attributes) . '>'],
        ];
    }

    public function testNamesOfFrameworksStay(): void
    {
        self::assertSame(
            '<p @click="a" :class="b" v-on:click.prevent="c" x-data="d" hx-on::after-request="e" [f]="g" (h)="i" *j="k">',
            (new TagFactory(new Escaper()))->tag('p', [
                '@click' => 'a',
                ':class' => 'b',
                'v-on:click.prevent' => 'c',
                'x-data' => 'd',
                'hx-on::after-request' => 'e',
                '[f]' => 'g',
                '(h)' => 'i',
                '*j' => 'k',
            ])
        );
    }

    public function testAHelperKeepsNothingForTheNextUser(): void
    {
        $tag = new TagFactory(new Escaper());
        self::assertStringContainsString('secret', (string) $tag->inputText('a', 'secret'));
        self::assertSame('<input type="text" id="b" name="b">', (string) $tag->inputText('b'));
        self::assertStringContainsString('secret', (string) $tag->title()->set('secret'));
        self::assertSame("    <title></title>\n", (string) $tag->title());
    }

    public function testACopyOfALinkDoesNotChangeTheLink(): void
    {
        $link = new EvolvableLink('next', '/a', ['x' => '1']);
        $copy = $link->withAttribute('y', '2')->withRel('prev')->withoutRel('next')->withoutAttribute('x');
        self::assertSame([['x' => '1'], ['next']], [$link->getAttributes(), $link->getRels()]);
        self::assertSame([['y' => '2'], ['prev']], [$copy->getAttributes(), $copy->getRels()]);
    }

    private static function trail(string $link): Breadcrumbs
    {
        $trail = new Breadcrumbs();
        $trail->add('first', "/x$link");
        $trail->add('last', '/');

        return $trail;
    }
}
