package cmd

import (
	"fmt"
	"os"

	"github.com/sirupsen/logrus"
)

// logFormatEnv says how Phalanx's own messages are written: "text" (the default) or "json". Worker::log() reads it too.
const logFormatEnv = "PHALANX_LOG_FORMAT"

func setLogFormat() error {
	switch format := os.Getenv(logFormatEnv); format {
	case "", "text":
		return nil
	case "json":
		logrus.SetFormatter(&logrus.JSONFormatter{TimestampFormat: "2006-01-02T15:04:05.000000-07:00",
			FieldMap: logrus.FieldMap{logrus.FieldKeyMsg: "message"}})
		return nil
	default:
		return fmt.Errorf("phalanx: %s is %q: text or json", logFormatEnv, format)
	}
}
