package io.matrixrtc.benchmarks.olm;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;

/**
 * The functions of libolm that are measured, called as directly as JNA can. {@code size_t} is
 * {@code long}: the library is carried for 64-bit platforms alone. Names and arguments are those of
 * {@code olm/olm.h}.
 */
@SuppressWarnings({"checkstyle:MethodName", "MethodName"}) // the names are the C functions'
final class LibolmFunctions {
  static {
    try {
      String file = Native.extractFromResourcePath("olm").getAbsolutePath();
      Native.register(LibolmFunctions.class, NativeLibrary.getInstance(file));
    } catch (IOException e) {
      throw new UnsatisfiedLinkError("no libolm for this platform: " + e.getMessage());
    }
  }

  private LibolmFunctions() {}

  static native long olm_error();

  static native void olm_get_library_version(byte[] major, byte[] minor, byte[] patch);

  static native long olm_account_size();

  static native Pointer olm_account(Pointer memory);

  static native long olm_clear_account(Pointer account);

  static native long olm_create_account_random_length(Pointer account);

  static native long olm_create_account(Pointer account, byte[] random, long randomLength);

  static native long olm_account_identity_keys_length(Pointer account);

  static native long olm_account_identity_keys(Pointer account, byte[] out, long outLength);

  static native long olm_account_generate_fallback_key(
      Pointer account, byte[] random, long randomLength);

  static native long olm_account_unpublished_fallback_key_length(Pointer account);

  static native long olm_account_unpublished_fallback_key(
      Pointer account, byte[] out, long outLength);

  static native long olm_session_size();

  static native Pointer olm_session(Pointer memory);

  static native long olm_clear_session(Pointer session);

  static native long olm_create_outbound_session_random_length(Pointer session);

  static native long olm_create_outbound_session(
      Pointer session,
      Pointer account,
      byte[] identityKey,
      long identityKeyLength,
      byte[] oneTimeKey,
      long oneTimeKeyLength,
      byte[] random,
      long randomLength);

  static native long olm_create_inbound_session_from(
      Pointer session,
      Pointer account,
      byte[] identityKey,
      long identityKeyLength,
      byte[] message,
      long messageLength);

  static native long olm_encrypt_random_length(Pointer session);

  static native long olm_encrypt_message_type(Pointer session);

  static native long olm_encrypt_message_length(Pointer session, long plaintextLength);

  static native long olm_encrypt(
      Pointer session,
      byte[] plaintext,
      long plaintextLength,
      byte[] random,
      long randomLength,
      byte[] message,
      long messageLength);

  static native long olm_decrypt(
      Pointer session,
      long type,
      byte[] message,
      long messageLength,
      byte[] plaintext,
      long plaintextLength);
}
