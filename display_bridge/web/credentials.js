/** The device token of this screen, for what is fetched beside the WebSocket; it stands in no address. */

let token = null;

export const useToken = (given) => {
  token = given;
};

/** Headers of a request by this screen; empty without a token. */
export const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});
