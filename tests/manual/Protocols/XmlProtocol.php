<?php

namespace Protocols;

class XmlProtocol
{
    public static function input($recv_buffer)
    {
        if (strlen($recv_buffer) < 10) {
            return 0;
        }
        return base_convert(substr($recv_buffer, 0, 10), 10, 10); // a string
    }

    public static function decode($recv_buffer)
    {
        return simplexml_load_string(substr($recv_buffer, 10));
    }

    public static function encode($xml_string)
    {
        return str_pad(strlen($xml_string) + 10, 10, '0', STR_PAD_LEFT) . $xml_string;
    }
}
