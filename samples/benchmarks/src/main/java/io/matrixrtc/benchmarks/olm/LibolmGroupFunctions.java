package io.matrixrtc.benchmarks.olm;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;

/**
 * As {@link LibolmFunctions}, for Megolm. Names and arguments are those of {@code
 * olm/outbound_group_session.h} and {@code olm/inbound_group_session.h}.
 */
@SuppressWarnings({"checkstyle:MethodName", "MethodName"}) // the names are the C functions'
final class LibolmGroupFunctions {
  static {
    try {
      String file = Native.extractFromResourcePath("olm").getAbsolutePath();
      Native.register(LibolmGroupFunctions.class, NativeLibrary.getInstance(file));
    } catch (IOException e) {
      throw new UnsatisfiedLinkError("no libolm for this platform: " + e.getMessage());
    }
  }

  private LibolmGroupFunctions() {}

  static native long olm_outbound_group_session_size();

  static native Pointer olm_outbound_group_session(Pointer memory);

  static native long olm_clear_outbound_group_session(Pointer session);

  static native long olm_init_outbound_group_session_random_length(Pointer session);

  static native long olm_init_outbound_group_session(
      Pointer session, byte[] random, long randomLength);

  static native long olm_outbound_group_session_key_length(Pointer session);

  static native long olm_outbound_group_session_key(Pointer session, byte[] key, long keyLength);

  static native long olm_group_encrypt_message_length(Pointer session, long plaintextLength);

  static native long olm_group_encrypt(
      Pointer session, byte[] plaintext, long plaintextLength, byte[] message, long messageLength);

  static native long olm_inbound_group_session_size();

  static native Pointer olm_inbound_group_session(Pointer memory);

  static native long olm_clear_inbound_group_session(Pointer session);

  static native long olm_init_inbound_group_session(Pointer session, byte[] key, long keyLength);

  static native long olm_group_decrypt_max_plaintext_length(
      Pointer session, byte[] message, long messageLength);

  static native long olm_group_decrypt(
      Pointer session,
      byte[] message,
      long messageLength,
      byte[] plaintext,
      long maxPlaintextLength,
      int[] messageIndex);
}
