package dev.peregrine;

import dev.peregrine.device.Device;
import dev.peregrine.device.Volume;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.UnaryOperator;

/** A volume whose log is on a device that a test puts around the one that it would be on. */
final class DeviceWrapper {
  private static final String LOG = "log";

  private DeviceWrapper() {}

  /** The volume, with the log's device wrapped. */
  static Volume around(Volume volume, UnaryOperator<Device> wrapper) {
    return (Volume)
        Proxy.newProxyInstance(
            Volume.class.getClassLoader(),
            new Class<?>[] {Volume.class},
            (proxy, method, arguments) -> {
              try {
                Object result = method.invoke(volume, arguments);
                return result instanceof Device device && arguments[0].equals(LOG)
                    ? wrapper.apply(device)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
