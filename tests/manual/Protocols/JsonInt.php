<?php

namespace Protocols;

class JsonInt
{
    public static function input($recv_buffer)
    {
        if (strlen($recv_buffer) < 4) {
            return 0;
        }
        return unpack('Ntotal_length', $recv_buffer)['total_length'];
    }

    public static function decode($recv_buffer)
    {
        return json_decode(substr($recv_buffer, 4), true);
    }

    public static function encode($data)
    {
        $body_json_str = json_encode($data);
        return pack('N', 4 + strlen($body_json_str)) . $body_json_str;
    }
}
