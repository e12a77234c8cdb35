<?php

namespace Protocols;

class BinaryTransfer
{
    const PACKAGE_HEAD_LEN = 5;

    public static function input($recv_buffer)
    {
        if (strlen($recv_buffer) < self::PACKAGE_HEAD_LEN) {
            return 0;
        }
        return unpack('Ntotal_len/Cname_len', $recv_buffer)['total_len'];
    }

    public static function decode($recv_buffer)
    {
        $name_len = unpack('Ntotal_len/Cname_len', $recv_buffer)['name_len'];
        return array(
            'file_name' => substr($recv_buffer, self::PACKAGE_HEAD_LEN, $name_len),
            'file_data' => substr($recv_buffer, self::PACKAGE_HEAD_LEN + $name_len),
        );
    }

    public static function encode($data)
    {
        return $data;
    }
}
