/** Megolm history keys: server-side key backup, secret storage, key files, history sharing. */
module io.matrixrtc.backup {
  requires static transitive org.jspecify;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive io.matrixrtc.core;
  requires org.slf4j;

  exports io.matrixrtc.backup;
  exports io.matrixrtc.backup.archive;
  exports io.matrixrtc.backup.dehydration;
  exports io.matrixrtc.backup.download;
  exports io.matrixrtc.backup.keyfile;
  exports io.matrixrtc.backup.ondemand;
  exports io.matrixrtc.backup.preference;
  exports io.matrixrtc.backup.recovery;
  exports io.matrixrtc.backup.roomkey;
  exports io.matrixrtc.backup.secrets;
  exports io.matrixrtc.backup.service;
  exports io.matrixrtc.backup.sharing;
  exports io.matrixrtc.backup.upload;
}
