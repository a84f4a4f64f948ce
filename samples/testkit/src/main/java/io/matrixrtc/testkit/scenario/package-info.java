/**
 * Scripts as small YAML files, for people who do not write Java. See docs/TESTING-KEY-SHARING.md.
 */
@NullMarked
package io.matrixrtc.testkit.scenario;

import org.jspecify.annotations.NullMarked;
