<?php

declare(strict_types=1);

namespace Phalcon\Support\Debug\Renderer;

/**
 * The page that shows an exception, in pieces. Its style sheet and script know these classes.
 *
 * @internal
 */
final class Templates
{
    // phpcs:disable Generic.Files.LineLength.TooLong -- what is pinned is white space as well
    public const DEFAULTS = [
        'cssLink' => <<<'HTML'

    <link href='%uri%%path%'
          rel='stylesheet'
          type='text/css' />
HTML,
        'jsLink' => <<<'HTML'

    <script src='%uri%%path%'></script>
HTML,
        'version' => "<a class='version-badge' href='%link%' target='_new'><b>v%version%</b></a>",
        'document' => <<<'HTML'
<!DOCTYPE html>
<html lang='en' data-theme='light'>
<head>
    <meta charset='utf-8'>
    <meta name='viewport' content='width=device-width, initial-scale=1'>
    <title>%className%:%escapedMessage%</title>%cssSources%
</head>
<body>
<div class='wrap'>
HTML,
        'masthead' => <<<'HTML'

    <div class='masthead'>
        <div class='brand'><img class='logo' src='https://assets.phalcon.io/phalcon/images/svg/logo--tablet.svg' alt='Phalcon' /><span>Phalcon Debug</span></div>
        <div class='actions-top'>
            <button class='btn' data-action='copy-trace'>Copy trace</button>
            <button class='btn' data-action='toggle-theme' title='Toggle theme'>Theme</button>
            %version%
        </div>
    </div>
HTML,
        'errorMain' => <<<'HTML'

    <div class='error-card'>
        <span class='error-type'>%className%</span>
        <h1 class='error-message'>%escapedMessage%</h1>
        <div class='meta'>
            <span class='item'><code>%file%</code> : <code>%line%</code></span>
            <span class='sep'>|</span><span class='item'>PHP <code>%phpVersion%</code></span>
        </div>
    </div>
HTML,
        'tabs' => <<<'HTML'

    <div class='tabs' role='tablist'>
        <button class='tab is-active' data-tab='backtrace'>Backtrace <span class='count'>%backtraceCount%</span></button>
        <button class='tab' data-tab='request'>Request <span class='count'>%requestCount%</span></button>
        <button class='tab' data-tab='server'>Server <span class='count'>%serverCount%</span></button>
        <button class='tab' data-tab='files'>Included Files <span class='count'>%filesCount%</span></button>
        <button class='tab' data-tab='memory'>Memory</button>%variablesTab%
    </div>
HTML,
        'variablesTab' => <<<'HTML'

        <button class='tab' data-tab='variables'>Variables <span class='count'>%variablesCount%</span></button>
HTML,
        'backtracePanel' => <<<'HTML'

    <div class='panel is-active' id='backtrace'>
        <div class='bt-tools'>
            <button class='btn' data-action='expand-all'>Expand all</button>
            <button class='btn' data-action='collapse-all'>Collapse all</button>
        </div>
HTML,
        'panelOpen' => <<<'HTML'

    <div class='panel' id='%id%'>
HTML,
        'panelClose' => <<<'HTML'

    </div>
HTML,
        'wrapClose' => <<<'HTML'

</div>
HTML,
        'documentClose' => <<<'HTML'

</body>
</html>
HTML,
        'frameOpen' => <<<'HTML'

        <details class='frame %appClass%'%open%>
            <summary><div class='frame-head'>
                <span class='frame-num'>#%num%</span>
                <span class='frame-call'>%signature%</span>%appTag%
                <span class='chev'>&#9656;</span>
            </div></summary>
HTML,
        'appTag' => "<span class='tag-app'>app</span>",
        'frameFile' => <<<'HTML'

            <div class='frame-file' data-file='%file%' data-line='%line%'>
                <span class='path'><b>%file%</b> : %line%</span>
            </div>
HTML,
        'frameClose' => <<<'HTML'

        </details>
HTML,
        'codeOpen' => <<<'HTML'

            <div class='code'><table>
HTML,
        'codeRow' => "<tr%hlClass%><td class='ln'>%num%</td><td class='src'>%src%</td></tr>",
        'codeClose' => '</table></div>',
        'link' => "<a href='%url%' target='_new'>%name%</a>",
        'tableOpen' => "<table class='grid'><thead><tr><th>%headerOne%</th><th>%headerTwo%</th></tr></thead><tbody>",
        'gridRow' => "<tr><td class='k'>%key%</td><td class='v'>%value%</td></tr>",
        'tableClose' => '</tbody></table>',
        'memory' => <<<'HTML'

        <div class='stats'>
            <div class='stat'><div class='label'>Memory usage (real)</div><div class='value'>%memory% <small>MB</small></div></div>
            <div class='stat'><div class='label'>Peak usage</div><div class='value'>%peak% <small>MB</small></div></div>
        </div>
HTML,
    ];
}
