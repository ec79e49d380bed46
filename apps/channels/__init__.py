"""How what happens elsewhere reaches us. `contract` is what a connector is, `registry` lists them, `ingest` keeps and
processes what comes in, `sync` asks those who do not call us, `toolkit` is what connectors share, `connectors` is one
package a kind."""
