@NullMarked
package io.matrixrtc.testkit.report;

import org.jspecify.annotations.NullMarked;
