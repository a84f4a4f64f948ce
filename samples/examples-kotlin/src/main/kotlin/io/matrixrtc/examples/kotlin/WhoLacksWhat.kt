package io.matrixrtc.examples.kotlin

import io.matrixrtc.keys.DeliveryState
import io.matrixrtc.keys.KeyStatus
import io.matrixrtc.keys.RemoteKeyState

/** Who lacks whose key, one sentence each; [KeyStatus] is what `session.keyStatus()` completes with. */
fun KeyStatus.problems(): List<String> =
    remote().mapNotNull { (member, state) -> state.problem()?.let { "We lack the key of ${member.device()}: $it" } } +
        deliveries().mapNotNull { (member, state) -> state.problem()?.let { "${member.device()} lacks our key: $it" } }

/** The types are sealed: a case that is left out does not compile. */
private fun RemoteKeyState.problem(): String? =
    when (this) {
        is RemoteKeyState.Held -> null
        is RemoteKeyState.Missing -> lastRefusal().map { "refused, ${it.javaClass.simpleName}" }.orElse("none came since ${since()}")
    }

private fun DeliveryState.problem(): String? =
    when (this) {
        is DeliveryState.Served -> null
        is DeliveryState.Offered -> "on its way since ${at()}"
        is DeliveryState.Failed -> "${failure().reason()}, again at ${nextTryAt()}"
        is DeliveryState.Withheld -> reason()
    }
