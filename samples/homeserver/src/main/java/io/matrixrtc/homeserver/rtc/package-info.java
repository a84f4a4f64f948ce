/** What MatrixRTC asks of a homeserver beside events: where the SFUs are (MSC4143). */
@NullMarked
package io.matrixrtc.homeserver.rtc;

import org.jspecify.annotations.NullMarked;
