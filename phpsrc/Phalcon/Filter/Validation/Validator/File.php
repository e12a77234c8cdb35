<?php

// No strict types: values come from the application and are converted, as by the extension.

namespace Phalcon\Filter\Validation\Validator;

use Phalcon\Filter\Validation\AbstractValidatorComposite;
use Phalcon\Filter\Validation\Validator\File\AbstractFile;
use Phalcon\Filter\Validation\Validator\File\MimeType;
use Phalcon\Filter\Validation\Validator\File\Resolution\AspectRatio;
use Phalcon\Filter\Validation\Validator\File\Resolution\Equal as EqualResolution;
use Phalcon\Filter\Validation\Validator\File\Resolution\Max as MaxResolution;
use Phalcon\Filter\Validation\Validator\File\Resolution\Min as MinResolution;
use Phalcon\Filter\Validation\Validator\File\Size\Equal as EqualSize;
use Phalcon\Filter\Validation\Validator\File\Size\Max as MaxSize;
use Phalcon\Filter\Validation\Validator\File\Size\Min as MinSize;
use Phalcon\Traits\Support\Helper\Arr\GetTrait;

/**
 * An uploaded file, by the options in RULES. Each has a message and, where it is a limit, an "included" of its own.
 *
 * Of all of them: "messageFileEmpty", "messageIniSize", "messageValid".
 */
class File extends AbstractValidatorComposite
{
    use GetTrait;

    /** Option => its validator, that one's option, and the options that hold its "message" and "included". */
    private const RULES = [
        'minsize' => [MinSize::class, 'size', 'messageMinSize', 'includedMinSize'],
        'maxsize' => [MaxSize::class, 'size', 'messageSize', 'includedSize'],
        'equalsize' => [EqualSize::class, 'size', 'messageEqualSize', null],
        'allowedtypes' => [MimeType::class, 'types', 'messageType', null],
        'maxresolution' => [MaxResolution::class, 'resolution', 'messageMaxResolution', 'includedMaxResolution'],
        'minresolution' => [MinResolution::class, 'resolution', 'messageMinResolution', 'includedMinResolution'],
        'equalresolution' => [EqualResolution::class, 'resolution', 'messageEqualResolution', null],
        'aspectratio' => [AspectRatio::class, 'ratio', 'messageAspectRatio', null],
    ];

    /** The names of options are taken in any case. */
    public function __construct(array $options = [])
    {
        $common = $options;
        unset(
            $options['messageFileEmpty'],
            $options['messageIniSize'],
            $options['messageValid'],
            $options['allowWildcards'],
        );
        foreach ($options as $key => $value) {
            $rule = self::RULES[strtolower($key)] ?? null;
            if ($rule === null) {
                continue;
            }
            [$class, $option, $message, $included] = $rule;
            $settings = [$option => $value, 'message' => $options[$message] ?? null];
            unset($options[$key], $options[$message]);
            if ($included !== null) {
                $settings['included'] = $options[$included] ?? null;
                unset($options[$included]);
            }
            if ($class === MimeType::class) {
                $settings['allowWildcards'] = (bool) ($common['allowWildcards'] ?? false);
            }
            $this->validators[] = $this->withMessages(new $class($settings), $common);
        }
        parent::__construct($options);
    }

    private function withMessages(AbstractFile $validator, array $options): AbstractFile
    {
        if (isset($options['messageFileEmpty'])) {
            $validator->setMessageFileEmpty($options['messageFileEmpty']);
        }
        if (isset($options['messageIniSize'])) {
            $validator->setMessageIniSize($options['messageIniSize']);
        }
        if (isset($options['messageValid'])) {
            $validator->setMessageValid($options['messageValid']);
        }

        return $validator;
    }
}
