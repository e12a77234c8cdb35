// Package none registers nothing.
package none
