/**
 * A {@link io.matrixrtc.e2ee.CryptoStore} in one SQLite file. Needs {@code java.sql} and
 * sqlite-jdbc, which are optional for everything else.
 */
@NullMarked
package io.matrixrtc.e2ee.sqlite;

import org.jspecify.annotations.NullMarked;
