package io.matrixrtc.examples.kotlin

import io.matrixrtc.media.Codec
import io.matrixrtc.media.FrameDecryptor
import io.matrixrtc.media.FrameEncryptor
import io.matrixrtc.media.FrameStatus
import io.matrixrtc.media.FrameType
import io.matrixrtc.media.KeyRing

/** Encrypts an Opus frame with the key that the ring uses now; null while there is none. */
fun KeyRing.seal(frame: ByteArray): ByteArray? {
    val encryptor = FrameEncryptor(this)
    val wire = ByteArray(FrameEncryptor.maxOutputBytes(Codec.AUDIO, frame.size))
    val status = encryptor.encrypt(Codec.AUDIO, FrameType.DELTA, frame, 0, frame.size, wire, 0)
    return if (status == FrameStatus.OK) wire.copyOf(encryptor.outputLength()) else null
}

/** The frame that was sealed; null unless it is authentic. */
fun KeyRing.open(wire: ByteArray): ByteArray? {
    val decryptor = FrameDecryptor(this)
    val frame = ByteArray(wire.size)
    val status = decryptor.decrypt(Codec.AUDIO, FrameType.DELTA, wire, 0, wire.size, frame, 0)
    return if (status == FrameStatus.OK) frame.copyOf(decryptor.outputLength()) else null
}
