/**
 * Secret storage: secrets kept in the user's account data, sealed with a key that the user keeps.
 */
@NullMarked
package io.matrixrtc.backup.secrets;

import org.jspecify.annotations.NullMarked;
