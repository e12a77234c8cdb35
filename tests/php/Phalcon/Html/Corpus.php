<?php

declare(strict_types=1);

namespace Phalanx\Tests\Phalcon\Html;

/** Texts that try to be more than text, wherever a page shows them. */
final class Corpus
{
    private const TEXTS = [
        '<script>alert(1)</script>',
        '</script><script>alert(1)</script>',
        '</ScRiPt ><img src=x onerror=alert(1)>',
        '</style><script>alert(1)</script>',
        '</title><script>alert(1)</script>',
        '</textarea><script>alert(1)</script>',
        '<!--<script>',
        '--><script>alert(1)</script><!--',
        '--!><script>alert(1)</script>',
        ']]><script>alert(1)</script>',
        '<![CDATA[<script>alert(1)</script>]]>',
        '<?php echo 1 ?><?xml version="1.0"?>',
        '<svg/onload=alert(1)>',
        '<svg><script>alert&#40;1)</script>',
        '<math><mi//xlink:href="data:x,<script>alert(4)</script>">',
        '<iframe srcdoc="<script>alert(1)</script>">',
        '<a href="javascript:alert(1)">x</a>',
        '<base href="//evil.example/">',
        '<meta http-equiv=refresh content="0;url=//evil.example">',
        '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        '<template><script>alert(1)</script></template>',
        '<img src="x` `<script>alert(1)</script>"` `>',
        '<<script>alert(1)//<</script>',
        '<script/src=//evil.example>',
        '<script x>alert(1)</script y>',
        '"><script>alert(1)</script>',
        "'><script>alert(1)</script>",
        '" onmouseover="alert(1)',
        "' onmouseover='alert(1)",
        ' onmouseover=alert(1) ',
        '" autofocus onfocus=alert(1) x="',
        '"/onclick=alert(1)//',
        "\"\nonclick=alert(1)\n",
        "\"\tonclick\t=\talert(1)\t",
        "\"\x0conclick=alert(1)",
        '` onclick=alert(1)',
        '&quot; onclick=alert(1) x=&quot;',
        '&#34; onclick=alert(1) x=&#34;',
        '&#x22;&#x3e;&lt;script&gt;',
        '&lt;script&gt;alert(1)&lt;/script&gt;',
        '&amp;lt;script&amp;gt;',
        '&',
        '&#',
        '&#x',
        '&bogus',
        '&lt',
        '"',
        "'",
        '`',
        '<',
        '>',
        '=',
        '/',
        '\\',
        '\\\\',
        '\\"',
        "\\'",
        '\\";alert(1)//',
        "\\';alert(1)//",
        "';alert(1)//",
        '";alert(1)//',
        '");alert(1)//',
        "\\x22;alert(1)//",
        '\\u0022;alert(1)//',
        "\n;alert(1)//",
        "\r;alert(1)//",
        "\r\n;alert(1)//",
        "\u{2028};alert(1)//",
        "\u{2029};alert(1)//",
        "\u{85}alert(1)",
        "\u{feff}<script>",
        "\u{202e}<script>",
        "\u{ff1c}script\u{ff1e}",
        "\u{1f600}\u{10ffff}",
        '*/alert(1)/*',
        '//',
        '}</style><script>alert(1)</script>',
        '} body { background: url(javascript:alert(1)) } a {',
        'expression(alert(1))',
        'url(//evil.example)',
        '\\3c script\\3e ',
        '\\22 ;}',
        '@import "//evil.example";',
        'javascript:alert(1)',
        'data:text/html,<script>alert(1)</script>',
        '//evil.example/',
        'a&b=c#d?e/f:g@h',
        '%3Cscript%3E',
        '%22%3E',
        '{{constructor.constructor("alert(1)")()}}',
        '${alert(1)}',
        '0',
        ' ',
        '',
    ];

    /** Bytes that are no text, and text in other encodings. */
    private const BYTES = [
        "\0",
        "<scr\0ipt>alert(1)</script>",
        "\0\"onclick=alert(1)",
        "\xc0\xbcscript\xc0\xbe",
        "\xe0\x80\xbcscript>",
        "\xc2",
        "\xc2\"><script>alert(1)</script>",
        "\xf0\"><script>alert(1)</script>",
        "\xff\xfe<\0s\0c\0r\0i\0p\0t\0>\0",
        "\0\0\0<\0\0\0s\0\0\0>",
        "\0\0\0\"",
        "\xed\xa0\x80<script>",
        '+ADw-script+AD4-alert(1)+ADw-/script+AD4-',
        "\x1b\$B<script>\x1b(B",
        "caf\xe9\"'<",
    ];

    /** @return list<string> a choice for tests of many helpers */
    public static function attacks(): array
    {
        return [...self::TEXTS, ...self::BYTES];
    }

    /** @return list<string> valid UTF-8 without NUL, so that it can be compared with what a parser read */
    public static function texts(): array
    {
        $texts = self::TEXTS;
        for ($code = 1; $code < 0x100; $code++) {
            $texts[] = mb_chr($code);
            $texts[] = mb_chr($code) . '<a onclick="x" ' . mb_chr($code);
            $texts[] = '"' . mb_chr($code) . "onclick=alert(1)\\" . mb_chr($code);
        }

        return [...$texts, ...self::random(2000)];
    }

    /** @return list<string> what need not be text at all */
    public static function bytes(): array
    {
        return [...self::BYTES, ...array_map(chr(...), range(0, 255)), ...array_map(
            static fn (int $code): string => chr($code) . '"><b onclick=x>',
            range(0, 255)
        )];
    }

    /** @return list<string> the pieces of attacks in any order; the same in each run */
    private static function random(int $count): array
    {
        $pieces = ['<', '>', '"', "'", '`', '&', ';', '/', '\\', '=', ' ', "\n", "\r", "\t", '-->', '<!--', 'script', 'a',
            '</script', 'onclick=', '&quot;', '&#34;', '\\u0022', '\\x22', '{', '}', '$', '(', ')', '0', 'é', "\u{2028}",
            "\u{1f600}"];
        $random = new \Random\Randomizer(new \Random\Engine\Mt19937(7));
        $texts = [];
        while (count($texts) < $count) {
            $text = '';
            for ($i = $random->getInt(1, 12); $i > 0; $i--) {
                $text .= $pieces[$random->getInt(0, count($pieces) - 1)];
            }
            $texts[] = $text;
        }

        return $texts;
    }
}
