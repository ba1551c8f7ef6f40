// Installing and building take longer than Jest waits.
jest.setTimeout(10 * 60_000);
