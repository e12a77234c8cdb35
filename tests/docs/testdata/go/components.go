package preamble

type Client struct{}
type Store struct{}

func New() *Client
