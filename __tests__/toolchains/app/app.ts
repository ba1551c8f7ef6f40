import { main } from './requests.js';

void main().then((seen) => console.log(JSON.stringify(seen)));
