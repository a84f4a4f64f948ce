/** Users, devices, access tokens, profiles, filters and account data. */
@NullMarked
package io.matrixrtc.homeserver.accounts;

import org.jspecify.annotations.NullMarked;
