<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Filter;

/** What a hostile client sends. */
final class Hostile
{
    /** Markup that tries to leave the place it is put in. */
    public const MARKUP = [
        'an element' => '<script>alert(1)</script>',
        'an element in capitals' => '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
        'an element with an event' => '<img src=x onerror=alert(1)>',
        'an element without an end' => '<svg/onload=alert(1)',
        'an element split by a slash' => '<iframe/src="javascript:alert(1)">',
        'an element inside an element' => '<scr<script>ipt>alert(1)</scr</script>ipt>',
        'the end of an attribute, double' => '" onmouseover="alert(1)',
        'the end of an attribute, single' => "' onmouseover='alert(1)",
        'the end of an attribute and its element' => '"><script>alert(1)</script>',
        'the end of a title' => '</title><script>alert(1)</script>',
        'the end of a text area' => '</textarea><script>alert(1)</script>',
        'a comment' => '<!--><script>alert(1)</script-->',
        'a conditional comment' => '<!--[if IE]><script>alert(1)</script><![endif]-->',
        'CDATA' => '<![CDATA[<script>alert(1)</script>]]>',
        'a processing instruction' => '<?php system("id"); ?><script>alert(1)</script>',
        'MathML' => '<math><mtext></p><style><img src=x onerror=alert(1)></style>',
        'a template' => '<template><script>alert(1)</script></template>',
        'entities' => '&#60;script&#62;alert(1)&#60;/script&#62;',
        'entities of entities' => '&amp;lt;script&amp;gt;',
        'an entity without an end' => '&lt;script&gt;alert(1)&#x3c/script',
        'a quote as an entity' => '&quot; onfocus=&quot;alert(1)',
        'a NUL in a name' => "<scr\0ipt>alert(1)</scr\0ipt>",
        'a NUL in front' => "\0<script>alert(1)</script>",
        'line ends in a tag' => "<img\nsrc=x\ronerror\t=alert(1)>",
        'a form feed in a tag' => "<img\x0csrc=x\x0conerror=alert(1)>",
        'a back quote' => '`"\'><img src=x onerror=alert(1)>`',
        'overlong UTF-8' => "\xc0\xbcscript\xc0\xbealert(1)",
        'a lead byte that eats a quote' => "\xc3\" onmouseover=\"alert(1)",
        'a lead byte at the end' => "alert(1)<\xe2",
        'bytes that are no UTF-8' => "\xff\xfe<script>alert(1)</script>",
        'full-width brackets' => '＜script＞alert(1)＜/script＞',
        'UTF-7' => '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
        'a text direction' => "\u{202e}<script>alert(1)</script>",
        'a byte order mark' => "\u{feff}<script>alert(1)</script>",
    ];

    /** @return iterable<string, array{string}> */
    public static function markup(): iterable
    {
        foreach (self::MARKUP as $name => $text) {
            yield $name => [$text];
        }
    }
}
