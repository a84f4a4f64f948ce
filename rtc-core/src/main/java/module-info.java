/** End-to-end encryption for MatrixRTC calls. */
module io.matrixrtc.core {
  requires static transitive org.jspecify;
  requires transitive com.fasterxml.jackson.databind;
  requires java.net.http;
  requires static java.sql;
  requires org.bouncycastle.provider;
  requires org.slf4j;
  requires static org.xerial.sqlitejdbc;

  exports io.matrixrtc.cipher to
      io.matrixrtc.backup;
  exports io.matrixrtc.client;
  exports io.matrixrtc.e2ee;
  exports io.matrixrtc.e2ee.sqlite;
  exports io.matrixrtc.encoding;
  exports io.matrixrtc.json;
  exports io.matrixrtc.keys;
  exports io.matrixrtc.livekit;
  exports io.matrixrtc.media;
  exports io.matrixrtc.olm;
  exports io.matrixrtc.session;
}
