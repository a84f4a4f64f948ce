package io.matrixrtc.examples.kotlin

import io.matrixrtc.keys.CallMember
import io.matrixrtc.keys.Delivery
import io.matrixrtc.keys.DeliveryState
import io.matrixrtc.keys.DeviceAddress
import io.matrixrtc.keys.KeyRefusal
import io.matrixrtc.keys.KeyStatus
import io.matrixrtc.keys.KeyWay
import io.matrixrtc.keys.RemoteKeyState
import io.matrixrtc.keys.SenderEvidence
import io.matrixrtc.media.KeyIndex
import io.matrixrtc.media.KeyRing
import io.matrixrtc.media.KeyRingSettings
import io.matrixrtc.media.MediaKey
import java.security.SecureRandom
import java.time.Clock
import java.time.Instant
import java.util.Optional
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

class KotlinExamplesTest {
    private val index = KeyIndex(7)

    private fun member(name: String) = CallMember(DeviceAddress("@$name:a.b", "D"), name, Instant.EPOCH, "@$name:a.b:D")

    private fun status(deliveries: Map<CallMember, DeliveryState>, remote: Map<CallMember, RemoteKeyState>) =
        KeyStatus(Optional.of(index), Optional.of(index), false, deliveries, remote, mapOf(), 0)

    @Test
    fun everyProblemIsToldAndNothingElse() {
        val bob = member("bob")
        val carol = member("carol")
        val evidence = SenderEvidence.OlmDevice(bob.device(), SenderEvidence.Trust.VERIFIED)
        val held = RemoteKeyState.Held(index, Instant.EPOCH, evidence, KeyWay.TO_DEVICE, Optional.empty())
        val served = DeliveryState.Served(Instant.EPOCH, 1)
        assertThat(status(mapOf(bob to served), mapOf(bob to held)).problems()).isEmpty()

        val refusal = KeyRefusal.Cleartext(KeyRefusal.Origin("@carol:a.b", Optional.empty()))
        val failure = Delivery.Failed(Delivery.Reason.NO_ONE_TIME_KEYS, "none left")
        val problems =
            status(
                    mapOf(bob to DeliveryState.Withheld("not signed"), carol to DeliveryState.Failed(failure, Instant.MAX, 2)),
                    mapOf(bob to held, carol to RemoteKeyState.Missing(Instant.EPOCH, Optional.of(refusal))),
                )
                .problems()
        assertThat(problems)
            .containsExactlyInAnyOrder(
                "We lack the key of @carol:a.b/D: refused, Cleartext",
                "@bob:a.b/D lacks our key: not signed",
                "@carol:a.b/D lacks our key: NO_ONE_TIME_KEYS, again at ${Instant.MAX}",
            )
    }

    @Test
    fun aSealedFrameOpensWithTheSameKeyAndNoOther() {
        val random = SecureRandom()
        val settings = KeyRingSettings.defaults()
        val frame = random.let { ByteArray(120).also(it::nextBytes) }
        KeyRing(settings, random, Clock.systemUTC()).use { sender ->
            assertThat(sender.seal(frame)).isNull()
            MediaKey.generate(random).use { key ->
                sender.put(index, key)
                sender.use(index)
                val wire = checkNotNull(sender.seal(frame))
                KeyRing(settings, random, Clock.systemUTC()).use { receiver ->
                    assertThat(receiver.open(wire)).isNull()
                    receiver.put(index, key)
                    assertThat(receiver.open(wire)).isEqualTo(frame)
                }
                KeyRing(settings, random, Clock.systemUTC()).use { stranger ->
                    MediaKey.generate(random).use { stranger.put(index, it) }
                    assertThat(stranger.open(wire)).isNull()
                }
            }
        }
    }
}
